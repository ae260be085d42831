# darban: `make help` lists what can be asked for.

PREFIX		?= /usr/local
SYSCONFDIR	?= $(PREFIX)/etc/darban
LIBEXECDIR	?= $(PREFIX)/libexec
LIBDIR		?= $(PREFIX)/lib/darban
PORT		?= 8080
SERVER		?= lighttpd
VAR		?=
STORE		?=
MONGODB		?=
CONF		?=
T		?=

CC		= gcc
BUILD		= build
VERSION		= 0.1.0

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 \
	-Wnull-dereference -Wduplicated-cond -Wduplicated-branches \
	-Wlogical-op -Wswitch-enum -Wundef -Werror
HARDEN	 = -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection=full \
	-ftrivial-auto-var-init=zero -fPIE
HARDEN_LINK = -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifdef SANITIZE
BUILD	 := build/sanitize
HARDEN	 := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=address,undefined
HARDEN_LINK := -fsanitize=address,undefined
endif

CFLAGS	 ?= -g
COMMON	 = -std=gnu17 -D_GNU_SOURCE -Ilib -DVERSION='"$(VERSION)"' \
	-DSYSCONFDIR='"$(SYSCONFDIR)"' -DLIBDIR='"$(LIBDIR)"' \
	-DLIBEXECDIR='"$(LIBEXECDIR)"' -MMD -MP
override CFLAGS += $(COMMON) $(WARNINGS) $(HARDEN)
# The library's names are its own: an exported json_integer would be the one
# that libjansson calls, inside libjwt.
$(BUILD)/obj/lib/%.o: override CFLAGS += -fvisibility=hidden
# Each program is linked to the libraries that it uses and no other: a library
# that is not mapped costs no start-up time.
LIBS	 = -Wl,--as-needed -lfcgi -ljwt -lcjson -lcrypto -lsodium -lcrypt \
	-lutf8proc -lsqlite3
IMAGE_LIBS = -ljpeg -lpng -lwebp -lwebpdemux -llcms2 -lseccomp

# MongoDB is a module that is opened at need (lib/store/module.h), made where
# libmongoc is installed.  It brings its own copy of what has no state.
mongoc	 := $(firstword $(foreach p,libmongoc-1.0 mongoc2,\
	$(shell pkg-config --exists $(p) 2>/dev/null && echo $(p))))
mongo_c	 := $(wildcard lib/store/mongo*.c)
module	 := $(if $(mongoc),$(BUILD)/lib/darban-mongo.so)
module_o := $(patsubst %.c,$(BUILD)/module/%.o,$(mongo_c) lib/base/arena.c \
	lib/base/clock.c lib/store/throttle_row.c)
mongo_cc := $(if $(mongoc),$(patsubst -I%,-isystem %,$(shell \
	pkg-config --cflags $(mongoc))))
mongo_ld := $(if $(mongoc),$(shell pkg-config --libs $(mongoc)))

lib	 := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out $(mongo_c),\
	$(wildcard lib/*/*.c)))
cgi	 := $(patsubst cgi-bin/%.c,$(BUILD)/cgi-bin/%.fcgi,$(wildcard cgi-bin/*.c))
admin	 := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard bin/darban/*.c))
image_c	 := $(wildcard bin/darban-image/*.c)
mongo_t	 := $(patsubst %.c,$(BUILD)/%,$(if $(mongoc),\
	$(wildcard tests/store/mongo*.c)))
tests	 := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c) \
	$(filter-out tests/store/mongo%,$(wildcard tests/store/*.c))) \
	$(mongo_t)
mongo_do := $(if $(mongoc),$(BUILD)/tests/mongod/do)
bench	 := $(addprefix $(BUILD)/tests/bench/,hello load start)
fuzz	 := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*.c))

all: $(cgi) $(BUILD)/bin/darban $(BUILD)/bin/darban-image $(module)

# Objects made with other flags, another PREFIX for example, are made anew.
ifneq ($(file <$(BUILD)/flags),$(CFLAGS))
$(shell mkdir -p $(BUILD))
$(file >$(BUILD)/flags,$(CFLAGS))
endif

# `make V=1` shows the commands whole.
say	 = @$(if $(V),set -x;,echo '  $(1)  $@';) mkdir -p $(@D);
link	 = $(call say,ld) $(CC) $(HARDEN_LINK) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	$(call say,cc) $(CC) $(CFLAGS) -c -o $@ $<
$(BUILD)/obj/lib/account/blocklist.o: lib/account/blocklist.txt
$(BUILD)/libdarban.a: $(lib)
	$(call say,ar) rm -f $@ && ar rcs $@ $^
$(BUILD)/cgi-bin/%.fcgi: $(BUILD)/obj/cgi-bin/%.o $(BUILD)/libdarban.a
	$(link)
$(BUILD)/bin/darban: $(admin) $(BUILD)/libdarban.a
	$(link)
$(BUILD)/bin/darban-image: LIBS = -Wl,--as-needed $(IMAGE_LIBS)
$(BUILD)/bin/darban-image: $(patsubst %.c,$(BUILD)/obj/%.o,$(image_c))
	$(link)
$(tests): $(BUILD)/%: $(BUILD)/obj/%.o $(BUILD)/libdarban.a
	$(link) -lcmocka
$(mongo_t): LIBS += $(mongo_ld)
$(patsubst $(BUILD)/%,$(BUILD)/obj/%.o,$(mongo_t) $(mongo_do)): \
    override CFLAGS += $(mongo_cc)
$(mongo_do): $(BUILD)/obj/tests/mongod/do.o
	$(link) $(mongo_ld)
$(BUILD)/module/%.o: %.c $(BUILD)/flags
	$(call say,cc) $(CC) $(CFLAGS) -fPIC -fvisibility=hidden $(mongo_cc) \
	    -c -o $@ $<
$(module): $(module_o)
	$(call say,ld) $(CC) $(filter-out -pie,$(HARDEN_LINK)) -shared \
	    $(if $(SANITIZE),,-Wl,-z,defs) -Wl,--as-needed -o $@ $^ \
	    $(mongo_ld)
$(bench): $(BUILD)/%: $(BUILD)/obj/%.o
	$(link)

# The harnesses and a library for them, by the compiler that has libFuzzer,
# without the warnings that it has not, and one that is about assert(!"text").
FUZZ_CFLAGS = -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=fuzzer-no-link,address,undefined -fvisibility=hidden \
	$(COMMON) $(filter-out -Wduplicated-% -Wlogical-op,$(WARNINGS)) \
	-Wno-string-conversion
build/fuzz/obj/%.o: %.c $(BUILD)/flags
	$(call say,cc) clang $(FUZZ_CFLAGS) -c -o $@ $<
$(fuzz): build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o \
    $(patsubst %.c,build/fuzz/obj/%.o,$(filter-out $(mongo_c),\
    $(wildcard lib/*/*.c)))
	$(call say,ld) clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)

# The picture worker outside of its sandbox, with lower limits.
fuzz_image := $(patsubst %.c,build/fuzz/obj/%.o,$(filter-out \
	%/main.c %/sandbox.c %/self_test.c,$(image_c)))
build/fuzz/image: $(fuzz_image)
build/fuzz/image: LIBS += $(IMAGE_LIBS)
$(fuzz_image) build/fuzz/obj/tests/fuzz/image.o: \
    FUZZ_CFLAGS += -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

# What Debian's packages give.  $(call install,PACKAGES) installs those that
# are missing, and says so first.
DEPS	 = gcc libc6-dev libfcgi-dev libjwt-dev libcjson-dev libssl-dev \
	libsodium-dev libcrypt-dev libutf8proc-dev libsqlite3-dev \
	libjpeg62-turbo-dev libpng-dev libwebp-dev liblcms2-dev \
	libseccomp-dev lighttpd apache2-bin libapache2-mod-fcgid curl \
	$(if $(filter mongodb%,$(STORE)),$(MONGO_DEPS))
MONGO_DEPS = libmongoc-dev pkgconf
TEST_DEPS = libcmocka-dev bats jq sqlite3 openssl faketime perl python3 \
	python3-pil python3-venv mandoc binutils procps fail2ban $(MONGO_DEPS)
FUZZ_DEPS = clang libclang-rt-14-dev python3-pil
BENCH_DEPS = python3 python3-pil valgrind
install	 = $(if $(SKIP_DEPS),,@conf/packages $(1))

deps:
	$(call install,$(DEPS))
test-deps:
	$(call install,$(DEPS) $(TEST_DEPS))
	$(if $(SKIP_DEPS)$(MONGODB),,@tests/mongod/run install || \
	    echo "No MongoDB test server: its tests will be skipped.")
	$(if $(SKIP_DEPS),,@! command -v npm >/dev/null || \
	    tests/npm tests/mongod/mongoose || \
	    echo "No Mongoose: its tests will be skipped.")
	$(if $(SKIP_DEPS),,@! command -v npm >/dev/null || \
	    tests/npm tests/interop || \
	    echo "No axios, jsonwebtoken, bcrypt: tests will be skipped.")
	$(if $(SKIP_DEPS),,@tests/pip tests/openapi || \
	    echo "No OpenAPI validator: its tests will be skipped.")
bench-deps:
	$(call install,$(DEPS) $(BENCH_DEPS))

run: deps
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) PORT=$(PORT) SERVER=$(SERVER) VAR='$(VAR)' \
	    STORE='$(STORE)' CONF='$(CONF)' exec conf/run

test: test-deps
	@$(MAKE) --no-print-directory all tests
	@BUILD=$(BUILD) T='$(T)' MONGODB='$(MONGODB)' tests/run
tests: $(tests) $(mongo_do)

fuzz:
	$(call install,$(DEPS) $(FUZZ_DEPS))
	@$(MAKE) --no-print-directory $(fuzz)
	@FUZZ=build/fuzz T='$(T)' tests/fuzz/run

mongod:
	$(call install,python3-venv)
	@PORT='$(if $(filter file default,$(origin PORT)),0,$(PORT))' \
	    exec tests/mongod/run

bench: bench-deps
	$(if $(SKIP_DEPS),,$(if $(filter mongodb%,$(STORE)),\
	    @! command -v npm >/dev/null || tests/npm tests/bench/twin || \
	    echo "No Express: darban will be measured without its twin."))
	@$(MAKE) --no-print-directory all $(bench) \
	    $(if $(filter mongodb%,$(STORE)),tests)
	@BUILD=$(BUILD) STORE='$(STORE)' tests/bench/run
	$(if $(filter mongodb%,$(STORE)),,@BUILD=$(BUILD) tests/bench/checks)
	$(if $(filter mongodb%,$(STORE)),,@BUILD=$(BUILD) tests/bench/uploads)

bench-timing: bench-deps
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) tests/bench/timing

bench-image: bench-deps
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) tests/bench/image

bench-import: bench-deps
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) STORE='$(STORE)' tests/bench/import

# New programs come by rename, so that running ones are not disturbed.  No
# configuration is installed: `darban init` makes one with keys of its own.
to	 = $(DESTDIR)$(1)
install: all
	install -d $(call to,$(LIBEXECDIR)/darban) $(call to,$(PREFIX)/bin) \
	    $(call to,$(PREFIX)/share/man/man1) \
	    $(call to,$(PREFIX)/share/man/man5) \
	    $(call to,$(PREFIX)/share/man/man8) \
	    $(call to,$(PREFIX)/share/darban) $(call to,$(SYSCONFDIR))
	for f in $(cgi); do t=$(call to,$(LIBEXECDIR)/darban)/$${f##*/}; \
	    install -m 755 $$f $$t.new && mv -f $$t.new $$t || exit 1; done
	for f in $(module); do install -d $(call to,$(LIBDIR)) && \
	    t=$(call to,$(LIBDIR))/$${f##*/} && \
	    install -m 644 $$f $$t.new && mv -f $$t.new $$t || exit 1; done
	t=$(call to,$(PREFIX)/bin)/darban; \
	    install -m 755 $(BUILD)/bin/darban $$t.new && mv -f $$t.new $$t
	t=$(call to,$(LIBEXECDIR)/darban)/darban-image; \
	    install -m 755 $(BUILD)/bin/darban-image $$t.new && \
	    mv -f $$t.new $$t
	install -m 644 man/darban.1 $(call to,$(PREFIX)/share/man/man1)
	install -m 644 man/darban.conf.5 $(call to,$(PREFIX)/share/man/man5)
	install -m 644 man/darban-image.8 $(call to,$(PREFIX)/share/man/man8)
	install -m 644 conf/darban.conf LICENSE lib/account/blocklist.LICENSE \
	    htdocs/openapi.json $(call to,$(PREFIX)/share/darban)
	for f in apache/htaccess apache/vhost.conf lighttpd/darban.conf \
	    fail2ban/filter.conf fail2ban/jail.conf; do \
	    install -d $(call to,$(PREFIX)/share/darban)/$${f%/*} && \
	    sed -E -e 's|^(var.darban_programs = ).*|\1"$(LIBEXECDIR)/darban"|' \
	    -e 's|^(var.darban_conf = ).*|\1"$(SYSCONFDIR)/darban.conf"|' \
	    -e 's|^(#.Include ).*(/share/)|\1$(PREFIX)\2|' \
	    -e 's|^(var.darban_avatars = ).*|\1"$(SYSCONFDIR)/avatars"|' \
	    -e 's|^(Define DARBAN_AVATARS ).*|\1"$(SYSCONFDIR)/avatars"|' \
	    -e 's|^(Define DARBAN_PROGRAMS ).*|\1"$(LIBEXECDIR)/darban"|' \
	    -e 's|^(Define DARBAN_CONF ).*|\1"$(SYSCONFDIR)/darban.conf"|' \
	    conf/$$f >$(call to,$(PREFIX)/share/darban)/$$f || exit 1; done

clean:
	rm -rf build

help:
	@sed -n 's/^#?[ \t]/&/; s/^#? \{0,1\}//p' Makefile

#? make run [PORT=8080] [SERVER=lighttpd|apache|vhost|cgi] [VAR=DIR] [CONF='a=b;c=d']
#?	install what is missing, build, initialise, serve on 127.0.0.1
#? make test [T=NAME] [SANITIZE=1]
#?	install what tests need, run those whose names contain NAME
#? make test MONGODB=mongodb://HOST/DATABASE	on a server that is there
#? make fuzz [T=NAME] [SECONDS_EACH=60]
#?	parsers under libFuzzer, those whose names contain NAME
#? make mongod [PORT=]	the server for tests of the MongoDB store, until Ctrl-C
#? make bench		ratios against a program that only answers, what the
#?	checks of a request cost, and whether uploads delay others
#? make bench STORE=mongodb://HOST/DATABASE
#?	ratios of MongoDB, SQLite, and an application in Express and Mongoose
#? make bench-timing [COUNT=1000]
#?	whether the time of a failed login tells which accounts there are;
#?	some seven minutes
#? make bench-image [SIZE=512]
#?	time and memory that a photo takes, and the largest pictures
#? make bench-import [COUNT=100000] [STORE=mongodb://HOST/DATABASE]
#?	how long so many accounts take to be imported, exported and copied
#? make deps, make test-deps, make bench-deps	only install
#? make install [PREFIX=/usr/local] [DESTDIR=]
#? make clean		remove build/
#? SKIP_DEPS=1		leave the system's packages alone

.PHONY: all deps test-deps bench-deps run test tests fuzz mongod bench \
	bench-timing bench-image bench-import install clean help
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
