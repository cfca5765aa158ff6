# Sourced by test/run, test/bench/run and demo/run: a private PostgreSQL that leaves nothing behind on the machine.
#
# Everything lives in one folder, $work: a copy of the installation that PG_CONFIG names (PostgreSQL
# finds its files relative to its own binaries, so a copy is an installation), the extension
# installed into that copy, a data directory and a socket.  The system's own PostgreSQL and its
# clusters are never touched.
#
# Sets: top, work, server_user, PG_CONFIG (of the copy), bindir, pgxs_dir, PGHOST, PGPORT, PGUSER.

set -euo pipefail
unset MAKEFLAGS MAKELEVEL MFLAGS        # a make that called us must not lend its options to ours
export LC_ALL=C.UTF-8

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die() { printf '%s\n' "$*" >&2; exit 1; }

# ---- what is missing -------------------------------------------------------------------------

# The PostgreSQL version meant: by the path of PG_CONFIG, else by asking it, else Debian's default.
wanted_version() {
    if [[ $PG_CONFIG =~ /postgresql/([0-9]+)/bin/pg_config$ ]]; then
        echo "${BASH_REMATCH[1]}"
    elif "$PG_CONFIG" --version > /dev/null 2>&1; then
        "$PG_CONFIG" --version | sed -E 's/^PostgreSQL ([0-9]+).*/\1/'
    else
        apt-cache show postgresql 2> /dev/null | sed -nE 's/^Depends:.*postgresql-([0-9]+).*/\1/p' | head -n 1
    fi
}

# python_with MODULE: a Python that has it; the system's own may not be the first on the path.
python_with() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c "import $1" 2> /dev/null; then echo "$python"; return 0; fi
    done
    return 1
}

has_perl() { perl -M"$1" -e 1 2> /dev/null; }
pg_file() { [ -e "$("$PG_CONFIG" "$1" 2> /dev/null)$2" ]; }

# missing_packages VERSION NEED…: the Debian packages for those needs that are not met.
missing_packages() {
    local version=$1 need; shift
    for need; do
        case $need in
            build)   { command -v make && command -v gcc; } > /dev/null || echo build-essential ;;
            server)  pg_file --bindir /postgres || echo "postgresql-$version" ;;
            headers) { pg_file --pgxs '' && pg_file --includedir-server /postgres.h; } \
                       || echo "postgresql-server-dev-$version" ;;
            pgtap)   pg_file --sharedir /extension/pgtap.control || echo "postgresql-$version-pgtap" ;;
            prove)   command -v pg_prove > /dev/null || echo libtap-parser-sourcehandler-pgtap-perl ;;
            ipc_run) has_perl IPC::Run || echo libipc-run-perl ;;
            psycopg2) python_with psycopg2 > /dev/null || echo python3-psycopg2 ;;
            psycopg) python_with psycopg > /dev/null || echo python3-psycopg ;;
            npm)     command -v npm > /dev/null || echo npm ;;
            dbd_pg)  has_perl DBD::Pg || echo libdbd-pg-perl ;;
            valgrind) command -v valgrind > /dev/null || echo valgrind ;;
            pg_ivm)  pg_file --sharedir /extension/pg_ivm.control || echo "postgresql-$version-pg-ivm" ;;
        esac
    done
}

# install_packages PACKAGE…, without starting or creating a database cluster.
install_packages() {
    local no_cluster=/etc/postgresql-common/createcluster.d/interlink-none.conf status=0
    mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' > "$no_cluster"
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" > "$work/apt.log" 2>&1 || status=$?
    rm -f "$no_cluster"
    rmdir --ignore-fail-on-non-empty "${no_cluster%/*}" 2> /dev/null || true
    [ $status = 0 ] || { tail -n 20 "$work/apt.log" >&2; die "apt-get could not install: $*"; }
}

# require NEED…: makes sure that the needs are met, with apt where that is possible.
require() {
    local version packages
    version=$(wanted_version)
    if [ -z "$version" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        apt-get update -qq || true
        version=$(wanted_version)
    fi
    [ -n "$version" ] || die "no PostgreSQL found: set PG_CONFIG to its pg_config"

    mapfile -t packages < <(missing_packages "$version" "$@")
    if [ ${#packages[@]} -gt 0 ]; then
        { [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; } || die "please install first: ${packages[*]}"
        echo "Installing ${packages[*]}"
        apt-cache show "${packages[@]}" > /dev/null 2>&1 || apt-get update -qq
        install_packages "${packages[@]}"
    fi

    # A pg_config on the path may speak for another version, or have come with libpq alone.
    "$PG_CONFIG" --version 2> /dev/null | grep -q "^PostgreSQL $version" && pg_file --pgxs '' \
        || PG_CONFIG=/usr/lib/postgresql/$version/bin/pg_config
    mapfile -t packages < <(missing_packages "$version" "$@")
    [ ${#packages[@]} -eq 0 ] || die "still missing after installation: ${packages[*]}"
}

# ---- the private installation ----------------------------------------------------------------

# open_work FOLDER: the one folder for everything, made over to the user who may run a server.
open_work() {
    work=$1
    server_user=$(id -un)
    [ "$(id -u)" != 0 ] || server_user=postgres
    chmod 755 "$work"
}

# Root may not run a server: commands of the database run as $server_user.
as_server_user() {
    if [ "$(id -u)" = 0 ]; then
        (cd "$work" && HOME=$work setpriv --reuid="$server_user" --regid="$(id -g "$server_user")" --init-groups "$@")
    else
        (cd "$work" && "$@")
    fi
}

# common_folder PATH…: the deepest folder that holds all of them.
common_folder() {
    local base=$1 path
    for path; do
        while [[ $path != "$base"/* ]]; do base=${base%/*}; done
    done
    echo "$base"
}

copy_installation() {
    local bin lib share base folder copied
    bin=$("$PG_CONFIG" --bindir) lib=$("$PG_CONFIG" --pkglibdir) share=$("$PG_CONFIG" --sharedir)
    base=$(common_folder "$bin" "$lib" "$share")
    for folder in "$bin" "$lib" "$share"; do
        copied=$work/usr/${folder#"$base"/}
        mkdir -p "${copied%/*}"
        [ -e "$copied" ] || cp -a --reflink=auto "$folder" "$copied"
    done
    bindir=$work/usr/${bin#"$base"/}

    # Headers are only read: the copy's pg_config finds the originals through a symbolic link.
    local headers
    headers=$("$PG_CONFIG" --pkgincludedir)
    PG_CONFIG=$bindir/pg_config
    copied=$("$PG_CONFIG" --pkgincludedir)
    [ -e "$copied" ] || { mkdir -p "${copied%/*}"; ln -s "$headers" "$copied"; }
    pgxs_dir=$(cd "$(dirname "$("$PG_CONFIG" --pgxs)")/.." && pwd)
    export PG_CONFIG PATH=$bindir:$PATH
}

# Builds in the project's folder, with the Makefile's flags, and installs into the copy.
build_and_install() {
    make --no-print-directory -s -C "$top" -j "$(nproc)" all PG_CONFIG="$PG_CONFIG"
    make --no-print-directory -s -C "$top" install PG_CONFIG="$PG_CONFIG" > "$work/install.log" 2>&1 \
        || { cat "$work/install.log" >&2; return 1; }
}

# ---- the server ------------------------------------------------------------------------------

# start_server [SETTING…]: each setting one line of postgresql.conf.
start_server() {
    export PGHOST=$work/socket PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
    mkdir -p "$work/socket" "$work/data"
    chmod 700 "$work/data"
    [ "$(id -u)" != 0 ] || chown "$server_user" "$work" "$work/socket" "$work/data"
    as_server_user "$bindir/initdb" -D "$work/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
        > "$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; return 1; }
    printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$work/socket'" "$@" \
        >> "$work/data/postgresql.conf"
    as_server_user "$bindir/pg_ctl" -D "$work/data" -l "$work/data/server.log" -w -s start \
        || { tail -n 30 "$work/data/server.log" >&2; return 1; }
}

stop_server() {
    [ ! -e "$work/data/postmaster.pid" ] || as_server_user "$bindir/pg_ctl" -D "$work/data" -m immediate -s stop || true
}
