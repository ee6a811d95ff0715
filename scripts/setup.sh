#!/usr/bin/env bash
# Prepares a fresh Debian 12 or Raspberry Pi OS 12 to build, test and run melo-edge from this folder:
# Debian packages, the virtual environment .venv, a CPU build of torch, the Python dependencies.
# Every step first looks whether its work is already done, so running this again costs nothing.
#
# What can be set: TORCH_INDEX_URL (a package index with CPU builds of torch), TORCH_WHEEL (a file).
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

# g++: PyAudio, systemd-python and the INT8 operator are compiled here. libasound2-dev: the tests'
# recording sound card. libespeak-ng1: phonemes of Piper voices. openssl: bundles' signatures. For the tests: espeak-ng,
# which tells what its library should say; systemd's systemd-analyze; socat, a client in another language; alsa-utils'
# aplay, which the README has.
PACKAGES=(g++ pkg-config python3-dev python3-venv portaudio19-dev libsystemd-dev libasound2-dev
    libespeak-ng1 espeak-ng openssl socat systemd alsa-utils)
PIPER="piper-tts==1.8.0"
PIPER_NEEDS="pathvalidate==3.3.1"
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu
VENV=.venv
PYTHON=$VENV/bin/python
STAMP=$VENV/set-up.sha256
OPERATOR=edge/int8/_operator.so
# What the environment is made from. A C++ source that changed, came or went is compiled anew.
STAMPED=(pyproject.toml setup.py scripts/setup.sh edge/int8/csrc/*)

say() { printf '==> %s\n' "$*"; }

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# --- Debian packages ---------------------------------------------------------------------------------

debian_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "Not a Debian system: going on. If a later step fails, install what Debian calls ${PACKAGES[*]}."
        return
    fi
    local missing
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -eq 0 ] && return
    can_be_root || fail "These Debian packages are missing, and this user is neither root nor may use sudo" \
        "without a terminal to ask on. Run this as root, then start again:
    apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    say "Debian packages: ${missing[*]}"
    apt_install "${missing[@]}" 2>/dev/null && return
    say "Debian packages: that failed, most likely because apt's lists are missing or old; refreshing them"
    as_root apt-get -qq update
    apt_install "${missing[@]}"
}

missing_packages() {
    local known
    known=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null) || true
    printf '%s\n' "${PACKAGES[@]}" | grep -vxF -f <(sed -n 's/^installed //p' <<<"$known") || true
}

# With a terminal sudo may ask for the password; without one it must not hang.
can_be_root() {
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q install --no-install-recommends "$@" </dev/null |
        sed -nu 's/^Setting up \([^ :]*\).*/    \1/p'
}

# --- Virtual environment -----------------------------------------------------------------------------

virtual_environment() {
    usable "$PYTHON" && "$PYTHON" -c 'import pip' 2>/dev/null && return
    local python
    python=$(find_python) || fail "melo-edge needs Python 3.10, 3.11 or 3.12 (numpy 1.26 has no build for" \
        "newer ones), and this machine has $(python3 --version 2>&1 || true) only. Install one of them, such as" \
        "Debian 12's python3, and start again."
    say "Virtual environment $VENV with $("$python" --version)"
    "$python" -m venv --clear "$VENV"
}

usable() { "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' 2>/dev/null; }

find_python() {
    local python
    for python in python3 python3.12 python3.11 python3.10; do
        usable "$python" && echo "$python" && return
    done
    return 1
}

# One line a file: enough to see that it goes on, short enough to read. Errors come through stderr.
pip_install() {
    "$PYTHON" -m pip install "$@" | sed -nuE \
        -e 's#^ *(Downloading|Using cached|Processing) ([^ ]*/)?([^ /]+\.(whl|gz)) *(\([0-9].*\))?.*#    \3 \5#p' \
        -e 's/^ *(Building wheel for [^ ]+).*started$/    \1/p'
}

# --- torch -------------------------------------------------------------------------------------------

# PyPI's torch for x86-64 is a CUDA build of several gigabytes, of which this project uses nothing.
torch() {
    torch_installed && return
    local release
    release=$(torch_release)
    if [ -n "${TORCH_INDEX_URL:-}" ]; then
        say "torch $release from TORCH_INDEX_URL"
        pip_install --index-url "$TORCH_INDEX_URL" "torch==$release"
        return
    fi
    local wheel=${TORCH_WHEEL:-}
    wheel=${wheel:-$(cpu_wheel_on_disk "$release")}
    if [ -n "$wheel" ]; then
        say "torch from the file $wheel"
        pip_install "$wheel"
    elif [ "$(uname -m)" = aarch64 ]; then
        say "torch $release from pip's default index (for arm64 this release is a CPU build)"
        pip_install "torch==$release"
    elif answers "$TORCH_CPU_INDEX/torch/"; then
        say "torch $release from $TORCH_CPU_INDEX"
        pip_install --index-url "$TORCH_CPU_INDEX" "torch==$release"
    else
        say "torch $release from pip's default index: WITH CUDA, SEVERAL GIGABYTES. No CPU build was found;" \
            "name one in TORCH_INDEX_URL or TORCH_WHEEL to avoid this."
        pip_install "torch==$release"
    fi
}

# The range in pyproject.toml, so that installing the project never replaces this torch by another.
torch_installed() {
    "$PYTHON" - 2>/dev/null <<'END'
import sys
from importlib.metadata import version
sys.exit(not (2, 9) <= tuple(map(int, version("torch").split(".")[:2])) < (2, 14))
END
}

torch_release() {
    case $(uname -m) in
        x86_64) echo 2.13.0 ;;
        # The last release on PyPI that is a CPU build and runs on a Raspberry Pi 4 (Cortex-A72).
        aarch64) echo 2.9.1 ;;
        *) fail "There is no torch for $(uname -m). melo-edge runs on x86_64 and aarch64: on a Raspberry Pi," \
            "install the 64-bit system." ;;
    esac
}

# Prints the path of the CPU wheel that pip finds in its find-links, if any. Without --no-index an older pip
# would download the gigabytes only to tell their name.
cpu_wheel_on_disk() {
    { "$PYTHON" -m pip install -q --dry-run --no-index --no-deps --report - "torch==$1" |
        "$PYTHON" -c '
import json, sys
from urllib.parse import unquote, urlsplit
[found] = json.load(sys.stdin)["install"]
url = urlsplit(found["download_info"]["url"])
if url.scheme == "file" and found["metadata"]["version"].endswith("+cpu"):
    print(unquote(url.path))'; } 2>/dev/null || true
}

# timeout: urlopen's own does not cover a name server that keeps silent.
answers() {
    timeout 8 "$PYTHON" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' \
        "$1" 2>/dev/null
}

# --- The project -------------------------------------------------------------------------------------

# No build isolation: the INT8 operator is compiled against the torch that it will run with.
# Ninja, which compiles on all cores at once, is looked for in PATH.
project() {
    say "melo-edge and its Python dependencies; compiling the INT8 operator takes a minute or two"
    PATH=$PWD/$VENV/bin:$PATH pip_install --no-build-isolation -e '.[build,test,en,es,fr,zh,jp,kr,jp-strict]'
    # The reference that the Piper frontend is tested against, and a row of the benchmark. GPL-3, so in no list of
    # dependencies; of its own dependencies its command asks for one that is not here.
    pip_install --no-deps "$PIPER" "$PIPER_NEEDS"
}

stamp() { sha256sum "${STAMPED[@]}"; }

set_up() { [ -f "$OPERATOR" ] && [ "$(stamp)" = "$(cat "$STAMP" 2>/dev/null)" ]; }

debian_packages
virtual_environment
set_up && exit
say "setuptools, wheel and ninja, which compile what comes as source"
pip_install --upgrade setuptools wheel ninja
torch
project
stamp >"$STAMP"
say "Set-up complete: $("$PYTHON" --version) in $VENV"
