// The arithmetic every path must agree on to the last bit: how a block of activations becomes 8-bit levels.
//
//   value    = leaky_relu(x) / input_scale              (NaN counts as 0, magnitudes end at kLargest)
//   scale    = (highest - lowest) / 255                 over the block and its halo, 0 always included
//   level    = clamp(round(leaky_relu(x) * m) + zero, 0, 255),  m = (1 / input_scale) * (255 / (highest - lowest))
//   output   = float(sum((level - zero) * weight)) * (weight_scale * scale) + bias + addends
//
// Rounding is to nearest even. Products and sums are rounded separately (no fused multiply-add: the sources are
// compiled with -ffp-contract=off), because only then do scalar and vector code agree. The order of operations above is
// part of the definition.
#pragma once

#include <cstdint>

namespace edge {

constexpr float kLargest = 0x1p100f;   // keeps every intermediate finite
constexpr float kSmallest = 0x1p-100f; // a block whose range is below this is silence
constexpr float kLargestInputScale = 0x1p16f;
constexpr float kSmallestInputScale = 0x1p-16f;
constexpr int64_t kLongestSum = 65536; // C * k up to which the 32-bit sums cannot overflow

struct Range {
    float lowest;
    float highest;
};

// How a block was quantised: value = (level - zero) * scale.
struct Levels {
    float scale;
    float per_unit;  // levels a unit of value spans, 1 / scale
    int32_t zero;
};

Levels levels(Range range);

struct Leaky {
    float slope;
    float operator()(float x) const {
        const float negative = x * slope;
        return x > negative ? x : negative;
    }
};

// The definition, one channel at a time; used where a vector path has no code for a shape, and for blocks that hold
// NaN, infinities or magnitudes above kLargest.
Range range_of(const float* rows, int64_t count, int64_t channels, const float* inverse, float slope);

// `offset` is subtracted from each level before it is stored: paths whose activations are signed use 128.
template <typename Element>
void quantise_row(const float* row, int64_t channels, const float* multiplier, float slope, int32_t zero,
                  int32_t offset, Element* tile);

extern template void quantise_row<uint8_t>(const float*, int64_t, const float*, float, int32_t, int32_t, uint8_t*);
extern template void quantise_row<int8_t>(const float*, int64_t, const float*, float, int32_t, int32_t, int8_t*);
extern template void quantise_row<int16_t>(const float*, int64_t, const float*, float, int32_t, int32_t, int16_t*);

}  // namespace edge
