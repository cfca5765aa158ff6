# interlink: see README.md for "make demo" and "make test"
EXTENSION   = interlink
EXTVERSION  = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" interlink.control)
MODULE_big  = interlink
OBJS        = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
SQL_PARTS   = $(sort $(wildcard src/sql/*.sql))
DATA_built  = interlink--$(EXTVERSION).sql
EXTRA_CLEAN = interlink--*.sql

# What "make installcheck" runs; "make test" runs these and more on a server of its own.
REGRESS        = $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))
REGRESS_OPTS   = --create-role=regress_interlink
ISOLATION      = $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation

PG_CPPFLAGS = -I$(CURDIR)/src
PG_CFLAGS   = -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
              -Wno-missing-field-initializers -Wno-declaration-after-statement

PG_CONFIG  ?= pg_config
PGXS       := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
ifneq ($(PGXS),)
# Bitcode for JIT would need the LLVM of the server's own build; the module
# works just the same without.
override with_llvm = no
include $(PGXS)
else
all install installcheck clean:
	$(error $(PG_CONFIG) finds no server headers: install postgresql-server-dev, or set PG_CONFIG)
endif

$(OBJS): $(wildcard src/*.h src/*/*.h)

# The install script is kept in parts, one per topic, in the order of their numbers.
interlink--$(EXTVERSION).sql: $(SQL_PARTS) interlink.control
	cat $(SQL_PARTS) > $@

# The module once more, with calls that can be made to fail; see test/faults/faults.c.
FAULTS      = $(shell sed -nE 's/^WRAP.[^,]*, ([A-Za-z0-9_]+),.*/-Wl,--wrap=\1/p' test/faults/faults.c)
EXTRA_CLEAN += test/faults/faults.o test/faults/interlink_faults.so
.PHONY: faults
faults: test/faults/interlink_faults.so
test/faults/interlink_faults.so: test/faults/faults.o $(OBJS)
	$(LINK.shared) $(FAULTS) -o $@ $^ $(LDFLAGS)

# All bring their own server, and whatever is missing on a Debian machine.
.PHONY: test test-postgraphile oracle fuzz sanitizers demo bench bench-quick
test:
	@PG_CONFIG='$(PG_CONFIG)' LAYER='$(LAYER)' TESTS='$(TESTS)' KEEP='$(KEEP)' test/run
test-postgraphile:
	@PG_CONFIG='$(PG_CONFIG)' LAYER=postgraphile KEEP='$(KEEP)' test/run
oracle:
	@PG_CONFIG='$(PG_CONFIG)' LAYER=oracle ORACLE_SECONDS='$(or $(SECONDS),600)' SEED='$(SEED)' KEEP='$(KEEP)' test/run
sanitizers:
	@scripts/sanitizers.sh
fuzz:
	@PG_CONFIG='$(PG_CONFIG)' LAYER=fuzz CASES='$(or $(CASES),1000000)' SEED='$(SEED)' KEEP='$(KEEP)' test/run
demo:
	@PG_CONFIG='$(PG_CONFIG)' demo/run
bench bench-quick:
	@PG_CONFIG='$(PG_CONFIG)' QUICK='$(filter bench-quick,$@)' WORKLOAD='$(WORKLOAD)' YARDSTICK='$(YARDSTICK)' \
	    ROUNDS='$(ROUNDS)' COUNT='$(COUNT)' RESULTS='$(RESULTS)' test/bench/run

# The same on another Debian release, and so on another PostgreSQL: make bench-chroot, make test-chroot SUITE=trixie
%-chroot:
	@scripts/chroot.sh '$(or $(SUITE),forky)' make $*
