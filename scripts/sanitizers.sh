#!/usr/bin/env bash
# The tests on servers that watch over themselves: PostgreSQL from Debian's source package, built
# with assertions, and with AddressSanitizer and UBSan besides.  Not part of "make test": a build
# takes minutes, and the tests run several times slower on it.
#
#   scripts/sanitizers.sh                     everything ("make sanitizers")
#   scripts/sanitizers.sh asan                one of the two builds: cassert, asan
#   scripts/sanitizers.sh asan/isolation      one round of one build: regress, isolation, pgtap, tap, discard
#
#   SANITIZERS_DIR=FOLDER   where to build, kept for the next time; else a folder that goes at the end
#   VERSION=15              which PostgreSQL
#   TESTS="…"               these tests only, as in test/run; DISCARD_TESTS="…" for the round "discard"
#   JOBS=2                  processes of make
#
# The build "asan" also knows what palloc and the buffer pool give out and take back; see
# test/sanitizers/valgrind/memcheck.h.  The round "discard" runs core tests with
# debug_discard_caches = 1, which throws every cached catalog entry and definition away wherever that may happen.
#
# Fails when a test does, and when a log speaks of an assertion, a sanitizer or a crash.
# Needs gcc, make, apt with a way to Debian's archive; for the rounds pgtap and tap what "make test" needs.
# Nothing outside its folder is written: Debian's patches, one of which lets "make install" write into
# /usr/lib/postgresql, are left out, and root builds as another user.
set -euo pipefail
export LC_ALL=C.UTF-8

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=${VERSION:-15}
jobs=${JOBS:-$(nproc)}
discard_tests=${DISCARD_TESTS:-one_of_everything}
bad=0
export INTERLINK_TEST_ROWS=${INTERLINK_TEST_ROWS:-50000}    # instead of a million, in test/tap/020_bulk.pl
export TEST_TIMEOUT=${TEST_TIMEOUT:-3h}

die() { printf '%s\n' "$*" >&2; exit 1; }

open_folder() {
    dir=${SANITIZERS_DIR:-}
    if [ -z "$dir" ]; then
        dir=$(mktemp -d "${TMPDIR:-/tmp}/interlink_sanitizers.XXXXXX")
        trap 'rm -rf "$dir"' EXIT
    fi
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    chmod 755 "$dir"
}

# ---- PostgreSQL ------------------------------------------------------------------------------

# Fetches and unpacks the source package, with package lists of its own: the system's may have no deb-src.
fetch_source() {
    local apt=$dir/apt codename options one
    [ -e "$dir/source/configure" ] && return
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    printf 'deb-src http://deb.debian.org/%s main\n' \
        "debian $codename" "debian $codename-updates" "debian-security $codename-security" > "$apt/sources.list"
    options=(-qq -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists"
             -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=)
    apt-get "${options[@]}" update
    # The newest version whose files the mirror has: it may know of one before it has it.
    for one in $(apt-cache "${options[@]}" showsrc "postgresql-$version" 2> /dev/null \
                     | sed -n 's/^Version: //p' | sort -urV); do
        (cd "$apt" && apt-get "${options[@]}" --download-only source "postgresql-$version=$one") > "$dir/fetch.log" 2>&1 && break
        one=
    done
    [ -n "${one:-}" ] || { cat "$dir/fetch.log" >&2; die "no source package postgresql-$version"; }
    rm -rf "$dir/source"
    dpkg-source --no-check --skip-patches -x "$apt/postgresql-${version}_$one.dsc" "$dir/source" >> "$dir/fetch.log" 2>&1
    amend_source
}

# One assertion of PostgreSQL fails without interlink, too, and means no harm: a row that was locked, updated in a savepoint
# that was rolled back, and is updated again onto another page, keeps the aborted update beside the lock for a moment.
#
#   CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, 200) i;
#   BEGIN; SELECT FROM t WHERE id = 1 FOR NO KEY UPDATE; SAVEPOINT a; UPDATE t SET v = 'y' WHERE id = 1; ROLLBACK TO a;
#   RELEASE a; UPDATE t SET v = repeat('z', 1500) WHERE id = 1;
amend_source() {
    sed -i '/Assert(HEAP_XMAX_IS_LOCKED_ONLY(infomask_lock_old_tuple));/d' "$dir/source/src/backend/access/heap/heapam.c"
}

# cflags_of BUILD
cflags_of() {
    local common="-Og -g -fno-omit-frame-pointer -Wno-error"
    case $1 in
        cassert) echo "$common" ;;
        # UBSan goes on after a finding, so that one run finds more than one; AddressSanitizer stops.
        asan)    echo "$common -fsanitize=address,undefined -fsanitize-recover=undefined -fno-common" ;;
        *)       die "no build \"$1\": cassert, asan" ;;
    esac
}

# Leaks are PostgreSQL's way of life; it measures its stack, which a stack elsewhere confuses.
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0:abort_on_error=1:print_stacktrace=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1

rounds_of() {
    case $1 in
        cassert) echo regress isolation discard ;;
        asan)    echo regress isolation pgtap tap ;;
    esac
}

# Root may write anywhere, so root does not run make here.
as_builder() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups env HOME="$dir" "$@"; else "$@"; fi
}

# build BUILD: configures, makes and installs PostgreSQL in $dir/BUILD.  Out of the source tree, which both share.
build() {
    local name=$1 flags cppflags= ldflags= log=$dir/$1.log
    [ -e "$dir/$name/done" ] && return
    flags=$(cflags_of "$name")
    if [ "$name" = asan ]; then
        cp -r "$top/test/sanitizers" "$dir/"
        cppflags="-DUSE_VALGRIND -I$dir/sanitizers"
        ldflags="-fsanitize=address,undefined"
    fi
    echo "== building PostgreSQL $version: $name"
    mkdir -p "$dir/$name.build" "$dir/$name"
    [ "$(id -u)" != 0 ] || chown nobody "$dir/$name.build" "$dir/$name"
    (
        cd "$dir/$name.build"
        as_builder "$dir/source/configure" -q --prefix="$dir/$name" --enable-cassert --enable-debug --without-readline \
            $(pkg-config --exists icu-i18n 2> /dev/null && echo --with-icu) CPPFLAGS="$cppflags" CFLAGS="$flags" LDFLAGS="$ldflags"
        as_builder make -s -j "$jobs"
        as_builder make -s install
        as_builder make -s -C src/test/perl install enable_tap_tests=yes
        as_builder make -s -C contrib/citext install
        for option in --bindir --pkglibdir --sharedir --pkgincludedir --pgxs; do
            [[ $("$dir/$name/bin/pg_config" $option) == "$dir/$name"/* ]] || die "pg_config $option is outside of $dir/$name"
        done
    ) > "$log" 2>&1 || { tail -n 30 "$log" >&2; die "PostgreSQL could not be built: $log"; }
    touch "$dir/$name/done"
}

# pgTAP is made of SQL alone, so that Debian's package does for any build.
install_pgtap() {
    local extensions
    extensions=$("$dir/$1/bin/pg_config" --sharedir)/extension
    [ ! -e "$extensions/pgtap.control" ] || return 0
    mkdir -p "$dir/pgtap"
    (cd "$dir/pgtap" && apt-get -qq -o APT::Sandbox::User= download "postgresql-$version-pgtap" && dpkg -x ./*.deb .) > "$dir/fetch.log" 2>&1 \
        || { cat "$dir/fetch.log" >&2; die "no package postgresql-$version-pgtap"; }
    cp "$dir/pgtap/usr/share/postgresql/$version/extension"/pgtap* "$extensions/"
}

# ---- the tests -------------------------------------------------------------------------------

# findings LOG…: what assertions and sanitizers say.  Some TAP tests kill servers themselves, by signal 9.
findings() {
    grep -hE 'TRAP:|runtime error:|AddressSanitizer|terminated by signal [1-8]|PANIC:|detected write past chunk|problem in alloc set' "$@" || true
}

# copy_project FOLDER: what the build of the extension leaves in the project's own belongs to another server.
copy_project() {
    local tree=$1
    rm -rf "$tree"
    mkdir "$tree"
    (cd "$top" && cp -r $(git ls-files | cut -d/ -f1 | sort -u) "$tree/")
    find "$tree" \( -name '*.o' -o -name '*.so' \) -delete
    # Other optimizations, other warnings.
    sed -i 's/ -Werror//' "$tree/Makefile"
}

# report_findings NAME FOLDER: out of the logs of the servers that ran there, which are kept.
report_findings() {
    local logs=$dir/$1.logs found one
    rm -rf "$logs"
    mkdir "$logs"
    for one in "$2"/data/server.log "$2"/tap/*/tmp_check/log/*.log; do
        [ ! -e "$one" ] || cp "$one" "$logs/"
    done
    found=$(findings "$logs"/*)
    [ -n "$found" ] || return 0
    bad=1
    echo "$found" | sed -E 's/^[0-9: .-]+(UTC|GMT) *//' | sort | uniq -c | sort -rn | head -n 40
}

# round BUILD NAME
round() {
    local build=$1 name=$2 layer=$2 log=$dir/$1.$2.log tree=$dir/$1.$2.tree tests=${TESTS:-} options= kept started=$SECONDS
    if [ "$name" = discard ]; then
        layer=regress tests=$discard_tests options="-c debug_discard_caches=1"
    fi
    [ "$name" != pgtap ] || install_pgtap "$build"
    echo "== $build: $name"
    copy_project "$tree"
    PGOPTIONS=$options KEEP=1 TESTS=$tests LAYER=$layer PG_CONFIG="$dir/$build/bin/pg_config" \
        "$tree/test/run" > "$log" 2>&1 || bad=1
    echo "$(tail -n 1 "$log"), $((SECONDS - started)) s"
    grep -E '\.\.\. FAILED|^not ok|FAILED$' "$log" || true
    rm -rf "$tree"
    kept=$(sed -n 's/^Kept: //p' "$log")
    [ -n "$kept" ] || return 0
    report_findings "$build.$name" "$kept"
    rm -rf "$kept"
}

open_folder
[ $# -gt 0 ] || set -- cassert asan
for what; do cflags_of "${what%%/*}" > /dev/null; done
fetch_source
for what; do
    build "${what%%/*}"
    if [[ $what == */* ]]; then round "${what%%/*}" "${what#*/}"; else
        for name in $(rounds_of "$what"); do round "$what" "$name"; done
    fi
done
[ -n "${SANITIZERS_DIR:-}" ] && echo "Logs: $dir"
[ $bad = 0 ] || die "there are findings"
echo "no findings"
