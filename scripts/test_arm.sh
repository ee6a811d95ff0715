#!/usr/bin/env bash
# Compiles the INT8 operator for 64-bit ARM and runs its exactness tests on an emulated Cortex-A72 (no dot product) and
# Cortex-A76 (dot product). Needs g++-aarch64-linux-gnu, qemu-user-static and mmdebstrap (Debian packages), and a
# network or a filled cache for the Debian root and the wheels. No ARM hardware and no binfmt registration.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/melo-edge/arm64
python=${PYTHON:-python3}
# The release that devices run; later arm64 wheels need instructions or libraries that they lack.
torch=2.9.1

root() {
    [ -x "$cache/root/usr/bin/python3.11" ] && return
    rm -rf "$cache/root.part" && mkdir -p "$cache"
    mmdebstrap --quiet --arch=arm64 --variant=extract \
        --include=libpython3.11,python3.11,python3.11-minimal,libstdc++6,libgomp1,libgfortran5 bookworm "$cache/root.part"
    mv "$cache/root.part" "$cache/root"
}

packages() {
    [ -d "$cache/packages-$torch/torch" ] && return
    rm -rf "$cache/packages.part"
    "$python" -m pip download --quiet --dest "$cache/wheels" --python-version 3.11 --only-binary=:all: --no-deps \
        --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 --platform manylinux2014_aarch64 \
        "torch==$torch" numpy==1.26.4 typing_extensions sympy mpmath networkx jinja2 markupsafe fsspec filelock \
        pytest hypothesis sortedcontainers pluggy iniconfig packaging pygments
    for wheel in "$cache"/wheels/*.whl; do unzip -q -o "$wheel" -d "$cache/packages.part"; done
    mv "$cache/packages.part" "$cache/packages-$torch"
}

# A copy of the package with the operator beside it, as an installed wheel has it. The operator uses none of Python's
# interface, so torch's headers are all it needs. Outline atomics would need a newer libgcc than the root's; ARMv8.0 is
# what the package promises to run on.
compile() {
    local headers="$cache/packages-$torch/torch/include"
    rm -rf "$cache/stage" && mkdir -p "$cache/stage"
    cp -r "$here/edge" "$here/tests" "$here/pyproject.toml" "$cache/stage/"
    aarch64-linux-gnu-g++ -O3 -std=c++17 -fPIC -shared -fvisibility=hidden -ffp-contract=off -fopenmp -w \
        -march=armv8-a -mno-outline-atomics -isystem "$headers" -isystem "$headers/torch/csrc/api/include" \
        "$here"/edge/int8/csrc/*.cpp -o "$cache/stage/edge/int8/_operator.so" -nodefaultlibs -lstdc++ -lm -lgcc_s -lc \
        -L"$cache/packages-$torch/torch/lib" -ltorch_cpu -lc10 -Wl,--unresolved-symbols=ignore-all
}

run_on() {
    echo "== $1"
    local emulator="qemu-aarch64-static -L $cache/root -cpu $1"
    EDGE_TEST_LAUNCHER=$emulator EDGE_TEST_EXAMPLES=${EDGE_TEST_EXAMPLES:-40} PYTHONDONTWRITEBYTECODE=1 \
        PYTHONPATH="$cache/stage:$cache/packages-$torch" OMP_NUM_THREADS=2 \
        $emulator "$cache/root/usr/bin/python3.11" "${@:2}"
}

root
packages
compile
cd "$cache/stage"  # Python looks for `edge` here first
for cpu in cortex-a72 cortex-a76; do
    run_on "$cpu" -m pytest -q -p no:cacheprovider tests/int8/test_operator.py "$@"
done
