/*
 * Who acts.  A database file that root made is one that the endpoints cannot
 * open; so where root runs a command, it does so as whoever the files belong
 * to.  There is no way back: a process that could become root again would be
 * worth attacking by that owner.
 */
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include "command.h"
#include "base/conf.h"

/* In this order: without root there is no changing of groups. */
static const char *
become(uid_t uid, gid_t gid)
{
	if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0)
		return strerror(errno);
	if (uid != 0 && setuid(0) == 0)
		return "root could not be given up";
	return NULL;
}

const char *
act_as_owner(const char *path)
{
	struct stat st;

	if (geteuid() != 0)
		return NULL;
	/* Not there is not root's either: its owner might put it there now. */
	if (stat(path, &st) != 0)
		return strerror(errno);
	return become(st.st_uid, st.st_gid);
}

/*
 * Who owns the directory may put another file there between the two looks:
 * root's for the first, which root need not become anybody for, and for the
 * second one that has root write wherever it says.
 */
struct conf *
load_as_owner(const char *path,
    void (*tell)(void *arg, const char *line), void *arg)
{
	struct conf *conf = conf_load(path, tell, arg);

	if (conf == NULL || geteuid() != 0 || conf->owner == 0)
		return conf;
	tell(arg, "the configuration belonged to root a moment ago, and "
	    "now to somebody else");
	conf_free(conf);
	return NULL;
}

const char *
act_as(const char *owner, const char *group, gid_t *gid)
{
	const struct passwd	*pw = NULL;
	const struct group	*gr = NULL;
	uid_t			 uid = geteuid();

	if (owner != NULL && (pw = getpwnam(owner)) == NULL)
		return "there is no such user";
	if (group != NULL && (gr = getgrnam(group)) == NULL)
		return "there is no such group";
	*gid = gr != NULL ? gr->gr_gid : pw != NULL ? pw->pw_gid : getegid();

	if (pw == NULL || pw->pw_uid == uid)
		return NULL;
	if (uid != 0)
		return "only root may do this for somebody else";
	return become(pw->pw_uid, *gid);
}
