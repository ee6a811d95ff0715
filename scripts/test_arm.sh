#!/usr/bin/env bash
# Compiles the INT8 operator for 64-bit ARM, runs its exactness tests on an emulated Cortex-A72 (no dot product) and
# Cortex-A76 (dot product), and has a bundle that was built on this machine speak there as it speaks here. No ARM
# hardware and no binfmt registration.
#
# Needs a network the first time, or a filled cache. What can be set: BUNDLE (a voice bundle), PYTHON (the project's).
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

PYTHON=${PYTHON:-.venv/bin/python}
BUNDLE=${BUNDLE:-dist/joe}
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/melo-edge
WHEELS=tests/arm/wheels.txt
PACKAGES=(qemu-user-static g++-aarch64-linux-gnu mmdebstrap)
PROGRAMS=(qemu-aarch64-static aarch64-linux-gnu-g++ mmdebstrap)
TEST_TOOLS=$CACHE/test-tools-arm64-$(sha256sum <"$WHEELS" | cut -c1-12)
STAGE=$(mktemp -d)
trap 'rm -rf "$STAGE"' EXIT

say() { printf '==> %s\n' "$*"; }

# A developer without root goes on; a CI that tested nothing must not pass.
cannot() {
    printf '\n!!! ARM IS NOT TESTED: %s\n\n' "$*" >&2
    [ -z "${CI:-}" ]
    exit
}

# --- What it takes -----------------------------------------------------------------------------------

programs() {
    command -v "${PROGRAMS[@]}" >/dev/null && [ "$(command -v "${PROGRAMS[@]}" | wc -l)" = ${#PROGRAMS[@]} ] && return
    local sudo=
    command -v apt-get >/dev/null || cannot "this is no Debian. It takes what Debian calls ${PACKAGES[*]}."
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || cannot "as root, run: apt-get install ${PACKAGES[*]}"
        sudo=sudo
    fi
    say "Debian packages: ${PACKAGES[*]}"
    apt_install || { $sudo apt-get -qq update && apt_install; } || cannot "${PACKAGES[*]} cannot be installed."
}

apt_install() {
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -yqq install --no-install-recommends "${PACKAGES[@]}" \
        </dev/null >/dev/null 2>&1
}

# What the package for arm64 has, made by what makes the package: Debian's Python, the Python packages, the operator.
parts() {
    say "What the package for arm64 is made of; the first time, this takes minutes"
    ROOT=$("$PYTHON" -m deploy.packages.emulation) || cannot "Debian 12 for arm64 could not be had."
    SITE=$("$PYTHON" -m deploy.packages.python_tree arm64) || cannot "Python packages for arm64 could not be had."
    OPERATOR=$("$PYTHON" -m deploy.packages.operator_file arm64)
}

test_tools() {
    [ -d "$TEST_TOOLS" ] && return
    say "pytest and hypothesis for arm64"
    rm -rf "$CACHE"/test-tools-arm64-* "$STAGE/tools"
    "$PYTHON" -m pip install --quiet --quiet --no-deps --require-hashes --requirement "$WHEELS" --only-binary=:all: \
        --python-version 3.11 --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 \
        --platform manylinux2014_aarch64 --target "$STAGE/tools"
    mv "$STAGE/tools" "$TEST_TOOLS"
}

# Copies, so that nothing changes under a test: the bundle, and the package with the operator in it, as an installed
# wheel has it.
stage() {
    cp -r edge tests pyproject.toml "$STAGE"
    cp -r "$BUNDLE" "$STAGE/bundle"
    cp "$OPERATOR" "$STAGE/edge/int8/_operator.so"
}

# --- The tests ---------------------------------------------------------------------------------------

# OPENBLAS_CORETYPE, where it is set, names a core of this machine.
run_on() {
    say "On an emulated $1"
    local emulator="qemu-aarch64-static -L $ROOT -cpu $1"
    (
        cd "$STAGE"  # Python looks for `edge` here first
        env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=2 \
            PYTHONPATH="$STAGE:$SITE:$TEST_TOOLS" EDGE_TEST_LAUNCHER="$emulator" \
            EDGE_TEST_EXAMPLES="${EDGE_TEST_EXAMPLES:-40}" EDGE_TEST_BUNDLE="$STAGE/bundle" \
            EDGE_TEST_RECORDING="$STAGE/recording.pt" $emulator "$ROOT/usr/bin/python3.11" "${@:2}"
    )
}

[ -f "$BUNDLE/manifest.json" ] || { echo "There is no bundle $BUNDLE; make bundle builds one." >&2; exit 1; }
programs
mkdir -p "$CACHE"
parts
test_tools
stage
PYTHONPATH=. "$PYTHON" tests/arm/record.py "$STAGE/bundle" "$STAGE/recording.pt"
for cpu in cortex-a72 cortex-a76; do
    run_on "$cpu" -m pytest -q -rP -p no:cacheprovider tests/int8/test_operator.py tests/arm/same_sound.py "$@"
done
