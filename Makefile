# interlink: see README.md for "make demo" and "make test"
EXTENSION   = interlink
EXTVERSION  = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" interlink.control)
MODULE_big  = interlink
OBJS        = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
SQL_PARTS   = $(sort $(wildcard src/sql/*.sql))
DATA_built  = interlink--$(EXTVERSION).sql
EXTRA_CLEAN = interlink--*.sql
REGRESS     = $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))

PG_CPPFLAGS = -I$(CURDIR)/src
PG_CFLAGS   = -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
              -Wno-missing-field-initializers -Wno-declaration-after-statement

PG_CONFIG  ?= pg_config
PGXS       := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Without LLVM on the build machine the module works just the same.
override with_llvm = no

$(OBJS): $(wildcard src/*.h src/*/*.h)

# The install script is kept in parts, one per topic, in the order of their numbers.
interlink--$(EXTVERSION).sql: $(SQL_PARTS) interlink.control
	cat $(SQL_PARTS) > $@
