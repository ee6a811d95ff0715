#!/usr/bin/env bash
# Compiles the INT8 operator for 64-bit ARM and runs tests with it on emulated processors: no ARM hardware, no binfmt
# registration.
#
# - As on Debian 12, with what the package for arm64 has: the operator's exactness on a Cortex-A72 (no dot product) and a
#   Cortex-A76 (dot product), and a bundle that was built on this machine speaks there as it speaks here.
# - As on Debian 13, with Python 3.13 and PyPI's wheels of torch 2.9.1 and numpy 2 for it: the operator, the bundle, the
#   tests of voices and those of texts, on a Cortex-A76.
#
# Needs a network the first time, or a filled cache. What can be set: BUNDLE (a voice bundle), PYTHON (the project's).
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

PYTHON=${PYTHON:-.venv/bin/python}
BUNDLE=${BUNDLE:-dist/joe}
STAGE=$(mktemp -d)
trap 'rm -rf "$STAGE"' EXIT

say() { printf '==> %s\n' "$*"; }

# --- What it takes -----------------------------------------------------------------------------------

# Copies, so that nothing changes under a test: the bundle, and the package with the operator in it, as an installed
# wheel has it.
stage() {
    cp -r edge tests pyproject.toml "$STAGE"
    cp -r "$BUNDLE" "$STAGE/bundle"
    cp "$OPERATOR" "$STAGE/edge/int8/_operator.so"
    "$PYTHON" -W ignore setup.py --quiet dist_info --output-dir "$STAGE"
}

# A program that is Python on an emulated processor, and says to its own that it is: what a test starts with
# sys.executable is emulated as well.
emulated_python() {
    cat >"$STAGE/python" <<END
#!/bin/sh
exec qemu-aarch64-static -L '$ROOT' -cpu $1 -0 "\$0" \\
    -E PYTHONHOME='$ROOT/usr' -E PYTHONPATH='$STAGE:$PACKAGES' '$ROOT/usr/bin/$PYTHON_NAME' "\$@"
END
    chmod +x "$STAGE/python"
}

# --- The tests ---------------------------------------------------------------------------------------

# Sets ROOT, PYTHON_NAME and PACKAGES to what systems.py has.
use() {
    say "$1 for arm64; the first time, making it takes minutes"
    local system
    system=$("$PYTHON" -m tests.arm.systems "$1")
    { read -r ROOT; read -r PYTHON_NAME; read -r PACKAGES; } <<<"$system"
}

# OPENBLAS_CORETYPE, where it is set, names a core of this machine.
run_on() {
    say "On an emulated $1"
    emulated_python "$1"
    (
        cd "$STAGE"  # Python looks for `edge` here first
        env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=2 \
            EDGE_TEST_EXAMPLES="${EDGE_TEST_EXAMPLES:-40}" EDGE_TEST_BUNDLE="$STAGE/bundle" \
            EDGE_TEST_RECORDING="$STAGE/recording.pt" \
            "$STAGE/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup "${@:2}"
    )
}

[ -f "$BUNDLE/manifest.json" ] || { echo "There is no bundle $BUNDLE; make bundle builds one." >&2; exit 1; }
say "The operator for arm64"
OPERATOR=$("$PYTHON" -m deploy.packages.operator_file arm64)
stage
PYTHONPATH=. "$PYTHON" tests/arm/record.py "$STAGE/bundle" "$STAGE/recording.pt"
# -rP: how far the sound is from the other machine's.
SOUND=(-rP tests/int8/test_operator.py tests/arm/same_sound.py)
use debian12
run_on cortex-a72 "${SOUND[@]}" "$@"
run_on cortex-a76 "${SOUND[@]}" "$@"
use debian13
run_on cortex-a76 -m 'not slow' "${SOUND[@]}" tests/voice "$@"
# Builds of voices and texts that are drawn at random would take most of the time: they are tried where nothing is
# emulated. python-mecab-ko has no wheel for this Python, and an emulator's own memory is no measure.
run_on cortex-a76 -m 'not slow and not hypothesis' tests/text --ignore tests/text/test_kr.py \
    --deselect tests/text/test_en.py::test_nothing_is_loaded_but_numpy_and_nothing_written "$@"
