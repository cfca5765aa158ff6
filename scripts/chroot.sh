#!/usr/bin/env bash
# Runs a command of the project on another Debian release, which has another PostgreSQL:
#
#   scripts/chroot.sh forky make bench        (also: make bench-chroot)
#   scripts/chroot.sh trixie make test        (also: make test-chroot SUITE=trixie)
#
# The release is installed once, by debootstrap, into a folder of its own (CHROOT, by default
# /tmp/interlink-SUITE; remove the folder and it is gone).  The project is copied into it for each run;
# bench-results is shared, so that results come out.  Needs root.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
suite=${1:?usage: scripts/chroot.sh SUITE COMMAND…}; shift
root=${CHROOT:-/tmp/interlink-$suite}
mirror=${MIRROR:-http://deb.debian.org/debian}

die() { printf '%s\n' "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || die "a chroot needs root"

install_release() {
    command -v debootstrap > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -qq -y debootstrap > /dev/null
    local recipe=/usr/share/debootstrap/scripts/$suite
    [ -e "$recipe" ] || recipe=/usr/share/debootstrap/scripts/sid       # a release younger than debootstrap itself
    echo "Installing $suite in $root ..."
    rm -rf "$root"
    debootstrap --variant=minbase --include=build-essential,ca-certificates "$suite" "$root" "$mirror" "$recipe" > "$root.log" 2>&1 \
        || { tail -n 20 "$root.log" >&2; die "debootstrap failed"; }
    mv "$root.log" "$root/debootstrap.log"
    touch "$root/installed"
}

[ -e "$root/installed" ] || install_release
copy=$(mktemp -d "$root/tmp/interlink.XXXXXX")
trap 'rm -rf "$copy"' EXIT
chmod 755 "$copy"
mkdir -p "$copy/bench-results" "$top/bench-results"
tar -C "$top" --exclude-vcs --exclude=./bench-results --exclude='*.o' --exclude='*.so' --exclude='*.bc' -cf - . | tar -C "$copy" -xf -

# The mounts are seen by this command alone, and end with it.
export root copy top
unshare --mount --propagation private bash -c '
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --bind "$top/bench-results" "$copy/bench-results"
    exec chroot "$root" env -C "${copy#"$root"}" TMPDIR=/tmp HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"' chroot "$@"
