#include "base/base.h"
#include "base/clock.h"
#include "store/store.h"
#include "store/throttle_row.h"

static const int64_t KEPT = DAYS(30);
static const int64_t AHEAD_MAX = DAYS(1);

/* The generic cell rate algorithm: one number says how full the bucket is. */
static int64_t
next_tat(const struct throttle_row *row, const struct throttle_rule *rule,
    int64_t now)
{
	return (row->tat > now ? row->tat : now) + rule->interval;
}

/* How long that many failures close a key. */
static int64_t
closing_time(const struct throttle_rule *rule, int64_t failures)
{
	int64_t time = 0, n;

	if (rule->delay > 0 && failures >= rule->free) {
		time = rule->delay;
		n = failures - rule->free;
		while (n-- > 0 && time < rule->delay_max)
			time *= 2;
		if (time > rule->delay_max)
			time = rule->delay_max;
	}
	if (rule->lock_after > 0 && failures >= rule->lock_after &&
	    time < rule->lock_for)
		time = rule->lock_for;
	return time;
}

bool
throttle_row_is_forgotten(const struct throttle_row *row, int64_t now)
{
	return now >= row->forget_at ||
	    row->forget_at - KEPT - now > AHEAD_MAX;
}

int64_t
throttle_row_wait(const struct throttle_row *row,
    const struct throttle_rule *rule, int64_t now)
{
	int64_t bucket = 0, closed;

	if (throttle_row_is_forgotten(row, now))
		return 0;
	if (rule->burst > 0)
		bucket = next_tat(row, rule, now) -
		    rule->burst * rule->interval - now;
	closed = row->until - now;
	if (bucket < closed)
		bucket = closed;
	return bucket > 0 ? bucket : 0;
}

void
throttle_row_take(struct throttle_row *row, const struct throttle_rule *rule,
    int64_t now)
{
	if (throttle_row_is_forgotten(row, now))
		*row = (struct throttle_row){ 0 };
	if (rule->burst > 0)
		row->tat = next_tat(row, rule, now);
	row->failures++;
	row->until = now + closing_time(rule, row->failures);
	row->forget_at = now + KEPT;
}
