#!/usr/bin/env bash
# Prepares a fresh Debian 12 or 13, or Raspberry Pi OS 12 or 13, to build, test and run melo-edge from this folder:
# Debian packages, the virtual environment .venv, a CPU build of torch, the Python dependencies, the compiled operator.
#
#     scripts/setup.sh [TARGET...]     targets are those of scripts/needs.tsv: demo, test (the default), arm, ...
#
# Every step first looks whether its work is already done, so running this again costs nothing, and goes on where an
# earlier run ended.
#
# What can be set: TORCH_INDEX_URL (a package index with CPU builds of torch), TORCH_WHEEL (a file).
set -euo pipefail
cd "$(dirname "$0")/.."
# Bytecode is written when a module is first imported: most of torch's never are.
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_NO_COMPILE=1

TARGETS=("${@:-test}")
NEEDS=scripts/needs.tsv
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu
VENV=.venv
PYTHON=$VENV/bin/python
OPERATOR=edge/int8/_operator.so
# What the installed project is made from. A C++ source that changed, came or went is compiled anew.
PROJECT=(pyproject.toml setup.py edge/int8/csrc/*)
# Megabytes that a target is given room for before anything is installed: estimates with a margin.
declare -A ROOM=([demo]=2000 [test]=4500)

say() {
    printf '==> %s\n' "$*"
    CHANGED=yes
}

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# Runs a step. Whatever it says itself is above the sentence that ends the set-up.
step() {
    local what=$1
    shift
    "$@" || fail "$what failed; the reason is above. If it was the network, or a full disk, mend that. Then run this" \
        "again: it goes on from here."
}

# --- What is needed ----------------------------------------------------------------------------------

# Prints the names that the targets need from a source, one a line.
needed() {
    awk -F '\t' -v from="$1" -v targets=" demo ${TARGETS[*]} " \
        '!/^#/ && $2 == from && index(targets, " " $1 " ") { n = split($3, name, " "); for (i = 1; i <= n; i++) print name[i] }' \
        "$NEEDS" | sort -u
}

known_targets() {
    local target
    for target in "${TARGETS[@]}"; do
        grep -q "^$target	" "$NEEDS" ||
            fail "There is no target '$target'. Known are: $(sed -n 's/^\([a-z]\+\)\t.*/\1/p' "$NEEDS" | uniq | xargs)."
    done
}

# An environment that is there already needs little more.
room() {
    local target free wanted=0
    [ -d "$VENV/lib" ] && return
    for target in "${TARGETS[@]}"; do
        [ "${ROOM[$target]:-0}" -le "$wanted" ] || wanted=${ROOM[$target]}
    done
    free=$(($(stat --file-system --format '%a * %S' .) / 1000000))
    [ "$free" -ge "$wanted" ] || fail "The disk has $free MB left here, and '${TARGETS[*]}' takes $wanted MB." \
        "Make room, or put this folder on a larger disk, and start again."
}

# --- Debian packages ---------------------------------------------------------------------------------

debian_packages() {
    local packages missing
    mapfile -t packages < <(needed debian)
    if ! is_debian; then
        say "Not a Debian system: going on. If a later step fails, install what Debian calls ${packages[*]}."
        return
    fi
    mapfile -t missing < <(missing_packages "${packages[@]}")
    [ ${#missing[@]} -eq 0 ] && return
    can_be_root || fail "These Debian packages are missing, and this user is neither root nor may use sudo" \
        "without a terminal to ask on. Run this as root, then start again:
    apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    say "Debian packages: ${missing[*]}"
    apt_install "${missing[@]}" 2>/dev/null && return
    say "Debian packages: that failed, most likely because apt's lists are missing or old; refreshing them"
    step "Refreshing apt's lists" as_root apt-get -qq update
    step "Installing Debian packages" apt_install "${missing[@]}"
}

is_debian() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

missing_packages() {
    local known
    known=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null) || true
    printf '%s\n' "$@" | grep -vxF -f <(sed -n 's/^installed //p' <<<"$known") || true
}

# With a terminal sudo may ask for the password; without one it must not hang.
can_be_root() {
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q install --no-install-recommends "$@" </dev/null |
        sed -nu -e 's/^Need to get \(.*\) of archives.*/    downloading \1/p' \
            -e 's/^Setting up \([^ :]*\).*/    \1/p'
}

# --- Virtual environment and torch -------------------------------------------------------------------

# The two belong together: PyPI's torch for x86-64 is a CUDA build of several gigabytes, of which this project uses
# nothing, and whether there is a CPU build depends on Python's version.
virtual_environment() {
    usable "$PYTHON" && "$PYTHON" -c 'import pip' 2>/dev/null && torch_installed && return
    local python release
    release=$(torch_release)
    python=$(find_python) || fail "melo-edge needs Python 3.10 to 3.13, for which torch $release and numpy have builds," \
        "and this machine has $(python3 --version 2>&1 || true) only. Install one of them, such as Debian's python3," \
        "and start again."
    usable "$PYTHON" || create "$python"
    build_tools
    if ! has_cpu_build "$release" && debian12_has_cpu_build "$release"; then
        say "There is no CPU build of torch for $("$PYTHON" --version) here, but one for Python 3.11: Debian 12's" \
            "goes into .python, and melo-edge runs with it"
        step "Unpacking Debian 12's Python" debian12_python
        create .python/usr/bin/python3.11
        build_tools
    fi
    torch_installed || step "Installing torch" torch "$release"
}

usable() { "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; }

find_python() {
    local python
    for python in python3 python3.13 python3.12 python3.11 python3.10; do
        usable "$python" && echo "$python" && return
    done
    return 1
}

create() {
    say "Virtual environment $VENV with $("$1" --version)"
    rm -rf "$VENV"
    if [ "$1" = .python/usr/bin/python3.11 ]; then
        # Debian keeps pip for new environments at a fixed place, which is not this one.
        local pip=(.python/usr/share/python-wheels/pip-*.whl)
        "$1" -m venv --without-pip "$VENV"
        PYTHONPATH=${pip[0]} "$PYTHON" -m pip install --quiet --no-index "${pip[0]}"
    else
        "$1" -m venv "$VENV"
    fi || fail "The virtual environment $VENV cannot be made; the reason is above. Mend it and start again."
}

# The newest pip first: an old one cannot tell what it would install.
build_tools() {
    say "pip, setuptools, wheel and ninja, which compile what comes as source"
    step "Installing setuptools" pip_install --upgrade pip setuptools wheel ninja
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

# Whether anything but the CUDA build is at hand.
has_cpu_build() {
    [ -n "${TORCH_INDEX_URL:-}" ] || [ -n "${TORCH_WHEEL:-}" ] || [ "$(uname -m)" = aarch64 ] ||
        [ -n "$(cpu_wheel_on_disk "$1")" ] || answers "$TORCH_CPU_INDEX/torch/"
}

debian12_has_cpu_build() {
    is_debian && [ -n "$(cpu_wheel_on_disk "$1" --python-version 3.11 --only-binary=:all: --target "$VENV")" ]
}

torch() {
    local wheel=${TORCH_WHEEL:-}
    if [ -n "${TORCH_INDEX_URL:-}" ]; then
        say "torch $1 from TORCH_INDEX_URL"
        pip_install --index-url "$TORCH_INDEX_URL" "torch==$1"
        return
    fi
    wheel=${wheel:-$(cpu_wheel_on_disk "$1")}
    if [ -n "$wheel" ]; then
        say "torch from the file $wheel"
        pip_install "$wheel"
    elif [ "$(uname -m)" = aarch64 ]; then
        say "torch $1 from pip's default index (for arm64 this release is a CPU build)"
        pip_install "torch==$1"
    elif answers "$TORCH_CPU_INDEX/torch/"; then
        say "torch $1 from $TORCH_CPU_INDEX"
        pip_install --index-url "$TORCH_CPU_INDEX" "torch==$1"
    else
        say "torch $1 from pip's default index: WITH CUDA, SEVERAL GIGABYTES. No CPU build for $("$PYTHON" --version)" \
            "was found; name one in TORCH_INDEX_URL or TORCH_WHEEL to avoid this."
        pip_install "torch==$1"
    fi
}

# Prints the path of the CPU wheel that pip finds in its find-links, if any; further options: for which Python. Without
# --no-index an older pip would download the gigabytes only to tell their name.
cpu_wheel_on_disk() {
    { "$PYTHON" -m pip install -q --dry-run --no-index --no-deps --report - "torch==$1" "${@:2}" |
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

# One line a file: enough to see that it goes on, short enough to read. Errors come through stderr.
pip_install() {
    "$PYTHON" -m pip install "$@" | sed -nuE \
        -e 's#^ *(Downloading|Using cached|Processing) ([^ ]*/)?([^ /]+\.(whl|gz)) *(\([0-9].*\))?.*#    \3 \5#p' \
        -e 's/^ *(Building wheel for [^ ]+).*started$/    \1/p'
}

# --- Debian 12's Python ------------------------------------------------------------------------------

# Unpacked, not installed: the system keeps its own. apt checks the packages against Debian's signature.
debian12_python() {
    [ -x .python/usr/bin/python3.11 ] && return
    local work apt
    work=$(mktemp -d)
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs" "$work/root"
    touch "$work/status"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/%s main\n' \
        'debian bookworm' 'debian bookworm-updates' 'debian-security bookworm-security' >"$work/sources.list"
    apt=(apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/nonexistent
        -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache"
        -o APT::Sandbox::User=root -o Acquire::Languages=none)
    "${apt[@]}" update
    (cd "$work/debs" && "${apt[@]}" download python3.11 python3.11-minimal libpython3.11-minimal libpython3.11-stdlib \
        libpython3.11 libpython3.11-dev python3-pip-whl)
    for deb in "$work"/debs/*.deb; do
        dpkg-deb --extract "$deb" "$work/root"
    done
    rm -rf .python
    mv "$work/root" .python
    rm -rf "$work"
}

# --- The project -------------------------------------------------------------------------------------

# No build isolation: the INT8 operator is compiled against the torch that it will run with, by ninja, which is looked
# for in PATH and compiles on all cores at once.
operator() {
    [ -f "$OPERATOR" ] && is_stamped operator "${PROJECT[@]}" && return
    say "The INT8 operator, which takes a minute to compile"
    PATH=$PWD/$VENV/bin:$PATH step "Compiling the operator" pip_install --no-build-isolation --no-deps -e .
    stamp operator "${PROJECT[@]}"
}

python_packages() {
    local extras alone what
    what="packages-$(IFS=-; echo "${TARGETS[*]}")"
    is_stamped "$what" pyproject.toml "$NEEDS" && return
    extras=$(needed pypi | paste -sd,)
    mapfile -t alone < <(needed pypi-alone)
    say "Python packages: ${extras//,/, }"
    step "Installing Python packages" pip_install "melo-edge[$extras]"
    [ ${#alone[@]} -eq 0 ] || step "Installing Python packages" pip_install --no-deps "${alone[@]}"
    stamp "$what" pyproject.toml "$NEEDS"
}

# Whether a part was made from these files as they are now.
is_stamped() { [ "$(sha256sum "${@:2}")" = "$(cat "$VENV/$1.sha256" 2>/dev/null)" ]; }

stamp() { sha256sum "${@:2}" >"$VENV/$1.sha256"; }

known_targets
room
debian_packages
virtual_environment
# Debian's headers of Python look for one of theirs as from /usr/include.
[ ! -d .python ] || export CPATH=$PWD/.python/usr/include
operator
python_packages
[ -z "${CHANGED:-}" ] || say "Set-up complete: $("$PYTHON" --version) in $VENV"
