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
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/melo-edge/arm64
WHEELS=tests/arm/wheels.txt
PACKAGES=(qemu-user-static g++-aarch64-linux-gnu mmdebstrap)
PROGRAMS=(qemu-aarch64-static aarch64-linux-gnu-g++ mmdebstrap)
ROOT=$CACHE/root
PYTHON_PACKAGES=$CACHE/packages-$(sha256sum <"$WHEELS" | cut -c1-12)
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

# Through tar, so that whoever runs this owns the files.
root() {
    [ -x "$ROOT/usr/bin/python3.11" ] && return
    say "Debian 12 for arm64: Python and a few libraries"
    rm -rf "$ROOT.part" && mkdir -p "$ROOT.part"
    mmdebstrap --quiet --arch=arm64 --variant=extract --format=tar \
        --include=libpython3.11,python3.11,python3.11-minimal,libstdc++6,libgomp1,libgfortran5 bookworm - |
        tar -x -C "$ROOT.part" --exclude='./dev/*' || cannot "mmdebstrap made no Debian for arm64."
    mv "$ROOT.part" "$ROOT"
}

# pip compiles them as well: compiling torch's Python takes minutes under emulation.
packages() {
    [ -d "$PYTHON_PACKAGES" ] && return
    say "Python packages for arm64"
    rm -rf "$CACHE"/packages-*
    "$PYTHON" -m pip install --quiet --quiet --no-deps --require-hashes --requirement "$WHEELS" --only-binary=:all: \
        --python-version 3.11 --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 \
        --platform manylinux2014_aarch64 --target "$CACHE/packages-part"
    mv "$CACHE/packages-part" "$PYTHON_PACKAGES"
}

# --- The operator ------------------------------------------------------------------------------------

# Copies, so that nothing changes under a test: the bundle, and the package with the operator in it, as an installed
# wheel has it.
stage() {
    cp -r edge tests pyproject.toml "$STAGE"
    cp -r "$BUNDLE" "$STAGE/bundle"
    local operator
    operator=$CACHE/operator-$(cat edge/int8/csrc/* "$WHEELS" scripts/test_arm.sh | sha256sum | cut -c1-12).so
    [ -f "$operator" ] || compile "$operator"
    cp "$operator" "$STAGE/edge/int8/_operator.so"
}

# It uses none of Python's interface, so torch's headers are all it needs. Outline atomics would need a newer libgcc
# than the root's; ARMv8.0 is what the package promises to run on.
compile() {
    say "The INT8 operator for arm64: a minute"
    local torch=$PYTHON_PACKAGES/torch objects=$STAGE/objects
    mkdir "$objects"
    printf '%s\n' edge/int8/csrc/*.cpp | xargs -P "$(nproc)" -I{} sh -c 'source=$1; shift; exec "$@" -c "$source" \
        -o "$0/$(basename "$source").o"' "$objects" {} aarch64-linux-gnu-g++ -O3 -std=c++17 -fPIC \
        -fvisibility=hidden -ffp-contract=off -fopenmp -w -march=armv8-a -mno-outline-atomics \
        -isystem "$torch/include" -isystem "$torch/include/torch/csrc/api/include"
    rm -f "$CACHE"/operator-*.so
    aarch64-linux-gnu-g++ -shared "$objects"/*.o -o "$STAGE/operator.so" -nodefaultlibs -lstdc++ -lm -lgcc_s -lc \
        -L"$torch/lib" -ltorch_cpu -lc10 -Wl,--unresolved-symbols=ignore-all
    mv "$STAGE/operator.so" "$1"
}

# --- The tests ---------------------------------------------------------------------------------------

# OPENBLAS_CORETYPE, where it is set, names a core of this machine.
run_on() {
    say "On an emulated $1"
    local emulator="qemu-aarch64-static -L $ROOT -cpu $1"
    (
        cd "$STAGE"  # Python looks for `edge` here first
        env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=2 \
            PYTHONPATH="$STAGE:$PYTHON_PACKAGES" EDGE_TEST_LAUNCHER="$emulator" \
            EDGE_TEST_EXAMPLES="${EDGE_TEST_EXAMPLES:-40}" EDGE_TEST_BUNDLE="$STAGE/bundle" \
            EDGE_TEST_RECORDING="$STAGE/recording.pt" $emulator "$ROOT/usr/bin/python3.11" "${@:2}"
    )
}

[ -f "$BUNDLE/manifest.json" ] || { echo "There is no bundle $BUNDLE; make bundle builds one." >&2; exit 1; }
programs
mkdir -p "$CACHE"
root
packages
stage
PYTHONPATH=. "$PYTHON" tests/arm/record.py "$STAGE/bundle" "$STAGE/recording.pt"
for cpu in cortex-a72 cortex-a76; do
    run_on "$cpu" -m pytest -q -rP -p no:cacheprovider tests/int8/test_operator.py tests/arm/same_sound.py "$@"
done
