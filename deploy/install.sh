#!/bin/sh
# Installs the speech daemon and its voices from the packages beside this file. No network is used, and what the device
# has already, in the same version or a newer one, stays as it is: running this again changes nothing.
set -eu

ARCHITECTURE=@ARCHITECTURE@
PACKAGES="@PACKAGES@"

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "installing takes root's rights. Run: sudo $0"
command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    fail "this is no Debian: there is no apt-get. The packages are for Debian 12 and Raspberry Pi OS 12."
[ "$(dpkg --print-architecture)" = "$ARCHITECTURE" ] ||
    fail "these packages are for $ARCHITECTURE, and this system is $(dpkg --print-architecture)." \
        "Use the archive for that; a 32-bit Raspberry Pi OS has to be replaced by the 64-bit one."
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
[ "$codename" = bookworm ] ||
    fail "these packages are for Debian 12 (bookworm) with its Python 3.11, and this system is $codename."
[ -d /run/systemd/system ] || echo "install.sh: systemd does not run here, so nothing is started." >&2

cd "$(dirname "$0")"
sha256sum --check --quiet --strict SHA256SUMS ||
    fail "a file is not what it was when the archive was made. Copy the archive again."

# The folder is a repository of its own for this one command, so that apt itself chooses what is missing. A link,
# because a path in a list of sources must not hold spaces. What is in it was checked above.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$PWD" "$work/packages"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
echo "deb [trusted=yes] file:$work/packages ./" >"$work/sources.list"

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dir::Etc::SourceList="$work/sources.list" \
        -o Dir::Etc::SourceParts=/nonexistent -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
        -o APT::Sandbox::User=root -o APT::Get::List-Cleanup=false "$@"
}

# What a pulled plug left half-way; apt mends the rest.
dpkg --configure --pending >/dev/null 2>&1 || true
apt -q update >/dev/null || fail "apt does not read the packages beside this file."
# shellcheck disable=SC2086  # a list of names
apt install --fix-broken --no-install-recommends $PACKAGES </dev/null || fail "apt could not install; its reason is above."

[ -d /run/systemd/system ] || exit 0
systemctl is-active --quiet melo-edge.service ||
    fail "installed, but the daemon does not run. Its reason: journalctl -u melo-edge -n 20"
echo "The daemon runs. Try: sudo melo-edge say 'Hello'"
echo "Users who may speak belong to the group melo-edge: sudo adduser USER melo-edge"
