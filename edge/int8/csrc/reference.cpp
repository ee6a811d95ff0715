// The definition of the operator in plain C++. Every other path is tested to give the same bits, but for the
// product of floats, which the others fuse.
#include "finish.h"
#include "path.h"

namespace edge {
namespace {

int32_t sum_of(const Product& p, int64_t row, int64_t output) {
    int32_t sum = 0;
    for (int64_t tap = 0; tap < p.taps; ++tap) {
        const auto* levels = reinterpret_cast<const uint8_t*>(p.tile + row * p.row_bytes + tap * p.tap_bytes);
        const int8_t* weights = p.weights + (output * p.taps + tap) * p.groups;
        for (int64_t c = 0; c < p.groups; ++c) sum += levels[c] * weights[c];
    }
    return sum;
}

void multiply(const Product& p) {
    for (int64_t row = 0; row < p.rows; ++row) {
        for (int64_t output = 0; output < p.panels; ++output) finish_one(p, row, output, sum_of(p, row, output));
    }
}

template <typename Weight>
void widen(const FloatProduct& p, int64_t count) {
    for (int64_t i = 0; i < count; ++i) p.room[i] = static_cast<const Weight*>(p.weights)[i];
}

// Not fused: what has no AVX2 has no such instruction either, and its library takes a hundred times as long.
void multiply_floats(const FloatProduct& p) {
    const int64_t inputs = p.taps * p.channels;
    if (p.weight_bytes == 1) widen<int8_t>(p, inputs * kFloatPanel);
    if (p.weight_bytes == 2) widen<int16_t>(p, inputs * kFloatPanel);
    if (p.weight_bytes == 4) widen<float>(p, inputs * kFloatPanel);
    for (int64_t row = 0; row < p.count; ++row) {
        float sums[kFloatPanel] = {};
        const float* weights = p.room;
        for (int64_t tap = 0; tap < p.taps; ++tap) {
            const float* x = p.rows + (row + tap * p.dilation) * p.channels;
            for (int64_t channel = 0; channel < p.channels; ++channel, weights += kFloatPanel) {
                for (int64_t output = 0; output < kFloatPanel; ++output) sums[output] += x[channel] * weights[output];
            }
        }
        finish_floats(p, row, 0, sums);
    }
}

bool always() { return true; }

}  // namespace

extern const Path reference_path;
const Path reference_path{"reference", always, {1, 1, 1, 1, 0}, {nullptr, nullptr}, multiply, multiply_floats};

}  // namespace edge
