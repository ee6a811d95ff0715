// What the two ARM paths share: range, levels, the end of an output and the product of floats. Levels are stored
// signed, less 128, because ARMv8.0 and the dot product multiply signed by signed. Included by each path's source after
// its target pragma, and internal to it.
#pragma once

#include <arm_neon.h>

#include "finish.h"
#include "float_product.h"
#include "path.h"
#include "scheme.h"

namespace edge {
namespace {

constexpr int kLanes = 4;

// As integers, positive floats are in order and so are, unsigned, the magnitudes of negative ones; NaN and infinity
// come last in both, so two integer maxima give the range and show whatever is not finite.
struct Extremes {
    int32x4_t highest = vdupq_n_s32(0);
    uint32x4_t lowest = vdupq_n_u32(0x80000000u);

    void meet(const float* x) {
        const float32x4_t values = vld1q_f32(x);
        highest = vmaxq_s32(highest, vreinterpretq_s32_f32(values));
        lowest = vmaxq_u32(lowest, vreinterpretq_u32_f32(values));
    }
};

inline bool range(const float* x, int64_t count, const float* inverse, int64_t period, float slope, float* lowest,
                  float* highest) {
    Extremes all;
    float32x4_t low = vdupq_n_f32(0), high = vdupq_n_f32(0);
    for (int64_t column = 0; column < period && column < count; column += 16) {
        Extremes seen[4];
        for (int64_t i = column; i < count; i += period) {
            for (int v = 0; v < 4; ++v) seen[v].meet(x + i + 4 * v);
        }
        for (int v = 0; v < 4; ++v) {
            const float32x4_t by = vld1q_f32(inverse + column + 4 * v);
            const float32x4_t negative = vmulq_n_f32(vreinterpretq_f32_u32(seen[v].lowest), slope);
            low = vminq_f32(low, vmulq_f32(negative, by));
            high = vmaxq_f32(high, vmulq_f32(vreinterpretq_f32_s32(seen[v].highest), by));
            all.highest = vmaxq_s32(all.highest, seen[v].highest);
            all.lowest = vmaxq_u32(all.lowest, seen[v].lowest);
        }
    }
    *lowest = vminvq_f32(low);
    *highest = vmaxvq_f32(high);
    return vmaxvq_s32(all.highest) <= vgetq_lane_s32(vreinterpretq_s32_f32(vdupq_n_f32(kLargest)), 0) &&
           vmaxvq_u32(all.lowest) <= vgetq_lane_u32(vreinterpretq_u32_f32(vdupq_n_f32(-kLargest)), 0);
}

inline int16x8_t eight_levels(const float* x, const float* multiplier, float slope, int32x4_t zero) {
    int16x4_t half[2];
    for (int h = 0; h < 2; ++h) {
        const float32x4_t value = vld1q_f32(x + 4 * h);
        const float32x4_t leaky = vmaxq_f32(value, vmulq_n_f32(value, slope));
        const float32x4_t scaled = vmulq_f32(leaky, vld1q_f32(multiplier + 4 * h));
        half[h] = vqmovn_s32(vaddq_s32(vcvtnq_s32_f32(scaled), zero));
    }
    return vcombine_s16(half[0], half[1]);
}

inline void quantise(const float* x, int64_t count, const float* multiplier, int64_t period, float slope, int32_t zero,
                     void* tile) {
    const int32x4_t signed_zero = vdupq_n_s32(zero - 128);
    auto* to = static_cast<int8_t*>(tile);
    for (int64_t i = 0, column = 0; i < count; i += 16) {
        const int16x8_t first = eight_levels(x + i, multiplier + column, slope, signed_zero);
        const int16x8_t second = eight_levels(x + i + 8, multiplier + column + 8, slope, signed_zero);
        vst1q_s8(to + i, vcombine_s8(vqmovn_s16(first), vqmovn_s16(second)));
        column = column + 16 == period ? 0 : column + 16;
    }
}

struct Floats {
    using Vector = float32x4_t;
    static constexpr int kLanes = 4;
    static constexpr int kVectors = 4;
    // Thirty-two registers: twenty-four sums, four weights, the row.
    static constexpr int kRows = 6;

    static Vector zero() { return vdupq_n_f32(0); }
    static Vector load(const float* from) { return vld1q_f32(from); }
    static Vector widened(const float* weights) { return load(weights); }
    static Vector widened(const int8_t* levels) {
        const int8x8_t low = vreinterpret_s8_u32(vld1_dup_u32(reinterpret_cast<const uint32_t*>(levels)));
        return vcvtq_f32_s32(vmovl_s16(vget_low_s16(vmovl_s8(low))));
    }
    static Vector widened(const int16_t* levels) { return vcvtq_f32_s32(vmovl_s16(vld1_s16(levels))); }
    static Vector broadcast(const float* from) { return vld1q_dup_f32(from); }
    static Vector fused(Vector sum, Vector a, Vector b) { return vfmaq_f32(sum, a, b); }
    static Vector scaled(Vector sum, Vector scale, Vector bias) { return vaddq_f32(vmulq_f32(sum, scale), bias); }
    static void store(float* to, Vector value) { vst1q_f32(to, value); }
};

// What the end of an output needs of its panel, loaded once for all rows: the compiler must assume that a store to an
// output changes it.
struct PanelEnd {
    int32x4_t shift;
    float32x4_t scale, bias;

    PanelEnd(const Product& p, int64_t output)
        : shift(vmulq_n_s32(vld1q_s32(p.weight_sum + output), p.zero)),
          scale(vmulq_n_f32(vld1q_f32(p.weight_scale + output), p.scale)),
          bias(vld1q_f32(p.bias + output)) {}
};

inline void finish_four(const Product& p, const PanelEnd& end, int64_t row, int64_t output, int32x4_t sums) {
    if (p.outputs - output < kLanes) {
        int32_t spilled[kLanes];
        vst1q_s32(spilled, sums);
        finish_lanes(p, row, output, spilled);
        return;
    }
    const int64_t at = row * p.out_stride + output;
    float32x4_t value = vaddq_f32(vmulq_f32(vcvtq_f32_s32(vsubq_s32(sums, end.shift)), end.scale), end.bias);
    if (p.addend[0]) value = vaddq_f32(value, vld1q_f32(p.addend[0] + at));
    if (p.addend[1]) value = vaddq_f32(value, vld1q_f32(p.addend[1] + at));
    vst1q_f32(p.out + at, value);
}

}  // namespace
}  // namespace edge
