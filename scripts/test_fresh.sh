#!/usr/bin/env bash
# Does what a stranger does: a minimal Debian with nothing but what the README asks for, a clean clone of the last
# commit, then `make demo` and `make test`. For each Debian release once as root and once as a user with sudo. Prints
# how long each took and how it ended; the logs are in build/fresh. Exits 1 if anything failed.
#
# Needs root, mmdebstrap and a network. What can be set: RELEASES (default: bookworm trixie), USERS (default: root ann),
# TARGETS (default: demo test).
# How pip finds packages on this machine (its PIP_* variables, and the folders and certificates that they name), holds
# in the minimal system, too.
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra RELEASES <<<"${RELEASES:-bookworm trixie}"
read -ra USERS <<<"${USERS:-root ann}"
read -ra TARGETS <<<"${TARGETS:-demo test}"
# README: "git and make, and sudo unless you are root". Certificates: git and pip fetch over TLS.
README_ASKS_FOR=git,make,sudo,ca-certificates
LOGS=$PWD/build/fresh
WORK=$(mktemp -d "${TMPDIR:-/var/tmp}/melo-edge-fresh.XXXXXX")
trap 'rm -rf --one-file-system "$WORK"' EXIT

say() { printf '==> %s\n' "$*"; }

cannot() {
    printf 'test-fresh: %s\n' "$*" >&2
    exit 1
}

# --- The minimal system ------------------------------------------------------------------------------

minimal_system() {
    local release=$1 root=$2
    mmdebstrap --quiet --variant=minbase --include="$README_ASKS_FOR" "$release" "$root"
    useradd --root "$root" --create-home --shell /bin/bash ann
    echo 'ann ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/ann"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    cp -L "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$root/etc/ssl/certs/ca-certificates.crt"
}

# A clean clone: what is committed, and nothing that was built or downloaded here.
clone() {
    local root=$1 user=$2 home
    home=$(home_of "$user")
    git clone --quiet --no-hardlinks . "$root$home/melo-edge"
    chroot "$root" chown -R "$user:" "$home/melo-edge"
}

home_of() { if [ "$1" = root ]; then echo /root; else echo "/home/$1"; fi; }

# Runs a command in the system, in name spaces of its own: whatever it mounts or leaves running is gone after it.
inside() {
    local root=$1 user=$2
    shift 2
    ROOT=$root FOLDERS=$(folders_of_pip) unshare --mount --pid --fork --kill-child bash -c '
        set -e
        mount --make-rprivate /
        mount --bind "$ROOT" "$ROOT"
        mount -t proc proc "$ROOT/proc"
        mount --rbind /sys "$ROOT/sys"
        mount --rbind /dev "$ROOT/dev"
        mount -t tmpfs tmpfs "$ROOT/run"
        mount -t tmpfs tmpfs "$ROOT/dev/shm"  # what programs here share there is of another release
        for folder in $FOLDERS; do
            mkdir -p "$ROOT$folder"
            mount --bind --read-only "$folder" "$ROOT$folder"
        done
        exec chroot "$ROOT" "$@"' inside \
        runuser -u "$user" -- env -i "${SETTINGS[@]}" HOME="$(home_of "$user")" USER="$user" LANG=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

folders_of_pip() {
    local folder
    for folder in ${PIP_FIND_LINKS:-}; do
        [ -d "$folder" ] && echo "$folder"
    done
}

settings() { env | grep -E '^(PIP_|TORCH_INDEX_URL=|[a-z]+_proxy=|[A-Z]+_PROXY=)' || true; }

# --- What a stranger does ----------------------------------------------------------------------------

# Prints "<target> <seconds> <status>" for each command; the second does not run where the first failed.
stranger() {
    local root=$1 user=$2 log=$3 target begun status
    for target in "${TARGETS[@]}"; do
        begun=$SECONDS status=0
        inside "$root" "$user" bash -c "cd ~/melo-edge && make $target" >>"$log" 2>&1 </dev/null || status=$?
        echo "$target $((SECONDS - begun)) $status"
        [ "$status" = 0 ] || return 0
    done
}

[ "$(id -u)" = 0 ] || cannot "making a minimal Debian takes root. Run: sudo make test-fresh"
command -v mmdebstrap >/dev/null || cannot "mmdebstrap is missing. Run: apt-get install mmdebstrap"
[ -z "$(git status --porcelain)" ] || say "What is not committed is not tried: $(git status --porcelain | wc -l) files"
mapfile -t SETTINGS < <(settings)
mkdir -p "$LOGS"
failed=0 table=""
for release in "${RELEASES[@]}"; do
    for user in "${USERS[@]}"; do
        say "$release, as $user: $LOGS/$release-$user.log"
        root=$WORK/$release-$user
        minimal_system "$release" "$root"
        clone "$root" "$user"
        : >"$LOGS/$release-$user.log"
        while read -r target seconds status; do
            row=$(printf '%-9s %-5s make %-5s %2d min %02d s   status %d' \
                "$release" "$user" "$target" $((seconds / 60)) $((seconds % 60)) "$status")
            say "$row"
            table+="$row"$'\n'
            [ "$status" = 0 ] || failed=1
        done < <(stranger "$root" "$user" "$LOGS/$release-$user.log")
        rm -rf --one-file-system "$root"
    done
done
printf '\n%s' "$table"
exit $failed
