// The last step of an output, for the reference and for the lanes that a vector store cannot write. Included by each path's source and
// internal to it.
#pragma once

#include "path.h"

namespace edge {
namespace {

inline void finish_one(const Product& p, int64_t row, int64_t output, int32_t sum) {
    const uint32_t shift = static_cast<uint32_t>(p.zero) * static_cast<uint32_t>(p.weight_sum[output]);
    const auto exact = static_cast<int32_t>(static_cast<uint32_t>(sum) - shift);
    float value = static_cast<float>(exact) * (p.weight_scale[output] * p.scale) + p.bias[output];
    const int64_t at = row * p.out_stride + output;
    if (p.addend[0]) value += p.addend[0][at];
    if (p.addend[1]) value += p.addend[1][at];
    p.out[at] = value;
}

// Not inlined: the unrolled products would each carry a copy, for layers whose outputs do not fill a vector.
[[gnu::noinline, maybe_unused]] void finish_lanes(const Product& p, int64_t row, int64_t output, const int32_t* sums) {
    for (int64_t lane = 0; lane < p.outputs - output; ++lane) finish_one(p, row, output + lane, sums[lane]);
}

// From `output` on.
[[gnu::noinline, maybe_unused]] void finish_floats(const FloatProduct& p, int64_t row, int64_t output, const float* sums) {
    for (int64_t lane = 0; lane < p.outputs - output; ++lane) {
        p.out[row * p.out_stride + output + lane] = sums[lane] * p.scale[output + lane] + p.bias[output + lane];
    }
}

}  // namespace
}  // namespace edge
