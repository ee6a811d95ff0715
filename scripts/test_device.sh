#!/usr/bin/env bash
# Boots Debian 12 and 13 without a network in containers, installs melo-edge from its offline archive and tries on them
# what a device goes through (tests/device), the upgrade from one to the other included. Leaves build/device.json, from
# which scripts/device_document.py writes docs/device.md.
#
# Needs root, and a network the first time. What can be set: PYTHON (the project's).
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-.venv/bin/python}
PACKAGES=(mmdebstrap systemd-container)
PROGRAMS=(mmdebstrap systemd-nspawn)

# The tests skip themselves where no container boots, and say why: not every machine may boot one.
cannot() {
    printf '\n!!! THE DEVICE IS NOT TESTED: %s\n\n' "$*" >&2
    exit
}

programs() {
    local program
    for program in "${PROGRAMS[@]}"; do
        command -v "$program" >/dev/null || return 1
    done
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -yqq install --no-install-recommends "${PACKAGES[@]}" </dev/null >/dev/null 2>&1
}

[ "$(id -u)" = 0 ] || cannot "booting a container takes root. Run: sudo make test-device"
if ! programs; then
    command -v apt-get >/dev/null || cannot "this is no Debian. It takes what Debian calls ${PACKAGES[*]}."
    printf '==> Debian packages: %s\n' "${PACKAGES[*]}"
    apt_install || { apt-get -qq update && apt_install; } || cannot "${PACKAGES[*]} cannot be installed."
fi
# Most of the time devices speak, boot and wait, so one of each release does it beside the other.
"$PYTHON" -m pytest -q --durations=10 -n 2 tests/device
