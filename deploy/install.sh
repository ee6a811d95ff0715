#!/bin/sh
# Installs the speech daemon and its voices from the packages beside this file. No network is used where a folder beside
# it has the system's own packages; what the device has already, in the same version or a newer one, stays as it is:
# running this again changes nothing.
set -eu

ARCHITECTURE=@ARCHITECTURE@
PACKAGES="@PACKAGES@"
SUITES="@SUITES@"
KNOWN="Debian 12 and 13, Raspberry Pi OS 12 and 13 (bookworm, trixie), and Ubuntu 24.04 (noble)"
SPARE_KIB=51200 # for the notes of apt and dpkg, and the journal

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "installing takes root's rights. Run: sudo $0"
command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    fail "this is no Debian: there is no apt-get. The packages are for $KNOWN."
[ "$(dpkg --print-architecture)" = "$ARCHITECTURE" ] ||
    fail "these packages are for $ARCHITECTURE, and this system is $(dpkg --print-architecture)." \
        "Use the archive for that; a 32-bit Raspberry Pi OS has to be replaced by the 64-bit one."
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
case " $SUITES noble " in
    *" $codename "*) ;;
    *) fail "these packages are for $KNOWN, and this system is $codename." ;;
esac
[ -d /run/systemd/system ] || echo "install.sh: systemd does not run here, so nothing is started." >&2

cd "$(dirname "$0")"
broken=$(sha256sum --check --quiet --strict SHA256SUMS 2>/dev/null) || {
    broken=$(echo "${broken:-SHA256SUMS}" | sed 's/: FAILED.*//')
    fail "$(echo "$broken" | head -n 1) is not what it was when the archive was made (damaged or missing, all in all:" \
        "$(echo "$broken" | wc -l)). Copy the archive again."
}

# The folder is a repository of its own for this one command, so that apt itself chooses what is missing. A link,
# because a path in a list of sources must not hold spaces. What is in it was checked above.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$PWD" "$work/packages"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/sources"
echo "deb [trusted=yes] file:$work/packages ./" >"$work/sources/install.sh.list"

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dir::Etc::SourceList=/nonexistent \
        -o Dir::Etc::SourceParts="$work/sources" -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
        -o APT::Sandbox::User=root -o APT::Get::List-Cleanup=false "$@"
}

if [ -d "$codename" ]; then
    echo "deb [trusted=yes] file:$work/packages/$codename ./" >>"$work/sources/install.sh.list"
fi
apt update >/dev/null || fail "apt does not read the packages beside this file."
if ! [ -d "$codename" ]; then
    # What the packages depend on is the system's to bring, as apt knows it since its last update.
    find /var/lib/apt/lists -maxdepth 1 -type f ! -name lock -exec ln -s -t "$work/lists" {} +
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        [ ! -f "$list" ] || ln -s "$list" "$work/sources"
    done
fi

# What a pulled plug left half-way; apt mends the rest.
dpkg --configure --pending >/dev/null 2>&1 || true
# shellcheck disable=SC2086  # a list of names
planned=$(apt install --simulate --fix-broken --no-install-recommends $PACKAGES 2>&1) || {
    echo "$planned" >&2
    [ -d "$codename" ] || fail "apt cannot bring what the packages depend on; its reason is above. With a network," \
        "run \`sudo apt update\`, then this again."
    fail "apt could not install; its reason is above."
}

# dpkg itself begins, and stops half-way when the disk is full.
needed=$SPARE_KIB
for package in $(echo "$planned" | sed -n 's/^Inst \([^ ]*\) .*/\1/p'); do
    size=$(cat Packages "$codename"/Packages 2>/dev/null | sed -n "/^Package: $package\$/,/^\$/s/^Installed-Size: //p")
    needed=$((needed + ${size:-0}))
done
free=$(df -Pk /usr | awk 'NR == 2 { print $4 }')
[ "$needed" = "$SPARE_KIB" ] || [ "$free" -ge "$needed" ] ||
    fail "this takes $((needed / 1024)) MB on the disk with /usr, and $((free / 1024)) MB are free there. Nothing was" \
        "changed; make room, then run this again."

# shellcheck disable=SC2086  # a list of names
apt install --fix-broken --no-install-recommends $PACKAGES </dev/null || fail "apt could not install; its reason is above."

[ -d /run/systemd/system ] || exit 0
systemctl is-active --quiet melo-edge.service ||
    fail "installed, but the daemon does not run. Its reason: journalctl -u melo-edge -n 20"
echo "The daemon runs. Try: sudo melo-edge say 'Hello'"
echo "Users who may speak belong to the group melo-edge: sudo adduser USER melo-edge"
