// NEON of ARMv8.0 (Cortex-A53, A72): SMULL and SMLAL2 put two products of 8-bit numbers into 16 bits, which holds them
// exactly because |level| <= 128 and |weight| <= 127, and SADALP adds pairs of those to 32-bit sums. Sixteen channels
// lie along a vector, so a sum's four lanes are added only at the end.
#if defined(__aarch64__)
// The compiler's scheduler would move all products of the loop in front of all sums and spill the sums for it.
#pragma GCC optimize("no-schedule-insns")

#include "neon.h"

namespace edge {
namespace {

constexpr int kRows = 4;

// One row of levels times the weights of four outputs, in an order that leaves no result waiting for the one before it.
inline __attribute__((always_inline)) void dot_four(int32x4_t (&sums)[kLanes], int8x16_t levels, const int8x16_t (&w)[kLanes]) {
    int16x8_t products[kLanes];
#pragma GCC unroll 4
    for (int lane = 0; lane < kLanes; ++lane) products[lane] = vmull_s8(vget_low_s8(levels), vget_low_s8(w[lane]));
#pragma GCC unroll 4
    for (int lane = 0; lane < kLanes; ++lane) products[lane] = vmlal_high_s8(products[lane], levels, w[lane]);
#pragma GCC unroll 4
    for (int lane = 0; lane < kLanes; ++lane) sums[lane] = vpadalq_s16(sums[lane], products[lane]);
}

// Inlined: with few channels, entering a function for every sixteen outputs costs a tenth of the time.
template <int Rows>
inline __attribute__((always_inline)) void multiply_rows(const Product& p, const PanelEnd& end, int64_t first_row,
                                                         int64_t panel) {
    int32x4_t sums[Rows][kLanes];
#pragma GCC unroll 4
    for (int n = 0; n < Rows; ++n) {
#pragma GCC unroll 4
        for (int lane = 0; lane < kLanes; ++lane) sums[n][lane] = vdupq_n_s32(0);
    }
    const int8_t* weights = p.weights + panel * p.taps * p.groups * 16 * kLanes;
    for (int64_t tap = 0; tap < p.taps; ++tap) {
        const auto* rows = reinterpret_cast<const int8_t*>(p.tile + first_row * p.row_bytes + tap * p.tap_bytes);
        for (int64_t group = 0; group < p.groups; ++group, rows += 16, weights += 16 * kLanes) {
            int8x16_t w[kLanes];
#pragma GCC unroll 4
            for (int lane = 0; lane < kLanes; ++lane) w[lane] = vld1q_s8(weights + 16 * lane);
#pragma GCC unroll 4
            for (int n = 0; n < Rows; ++n) {
                dot_four(sums[n], vld1q_s8(rows + n * p.row_bytes), w);
            }
        }
    }
#pragma GCC unroll 4
    for (int n = 0; n < Rows; ++n) {
        const int32x4_t all = vpaddq_s32(vpaddq_s32(sums[n][0], sums[n][1]), vpaddq_s32(sums[n][2], sums[n][3]));
        finish_four(p, end, first_row + n, panel * kLanes, all);
    }
}

void multiply(const Product& p) {
    for (int64_t panel = 0; panel < p.panels; ++panel) {
        const PanelEnd end(p, panel * kLanes);
        int64_t row = 0;
        for (; row + kRows <= p.rows; row += kRows) multiply_rows<kRows>(p, end, row, panel);
        for (; row < p.rows; ++row) multiply_rows<1>(p, end, row, panel);
    }
}

bool runs_here() { return true; }

}  // namespace

extern const Path neon_path;
const Path neon_path{"neon", runs_here, {kLanes, 16, 16, 1, 128}, {range, quantise}, multiply, multiply_floats<Floats>};

}  // namespace edge
#endif
