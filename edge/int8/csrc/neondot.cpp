// NEON with the dot product of ARMv8.2 (Cortex-A55, A76): SDOT adds four products to each 32-bit lane. Sixteen channels
// of a row are loaded at once and their four groups picked by lane.
#if defined(__aarch64__)
#include <sys/auxv.h>

#include <asm/hwcap.h>

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")

#include "neon.h"

namespace edge {
namespace {

constexpr int kRows = 8;
constexpr int kVectorBytes = 16;

// Four channels of every row times one vector of weights.
template <int Group, int Rows>
inline __attribute__((always_inline)) void dot_group(int32x4_t (&sums)[Rows], const int8x16_t (&levels)[Rows], int8x16_t w) {
#pragma GCC unroll 8
    for (int n = 0; n < Rows; ++n) sums[n] = vdotq_laneq_s32(sums[n], w, levels[n], Group);
}

template <int Panels, int Rows>
inline __attribute__((always_inline)) void multiply_rows(const Product& p, const PanelEnd (&ends)[Panels],
                                                         int64_t first_row, int64_t panel) {
    int32x4_t sums[Panels][Rows];
#pragma GCC unroll 2
    for (int m = 0; m < Panels; ++m) {
#pragma GCC unroll 8
        for (int n = 0; n < Rows; ++n) sums[m][n] = vdupq_n_s32(0);
    }
    const int64_t panel_bytes = p.taps * p.groups * kVectorBytes;
    const int8_t* weights = p.weights + panel * panel_bytes;
    for (int64_t tap = 0; tap < p.taps; ++tap) {
        const auto* rows = reinterpret_cast<const int8_t*>(p.tile + first_row * p.row_bytes + tap * p.tap_bytes);
        for (int64_t group = 0; group < p.groups; group += 4, rows += 16, weights += 4 * kVectorBytes) {
            int8x16_t levels[Rows];
#pragma GCC unroll 8
            for (int n = 0; n < Rows; ++n) levels[n] = vld1q_s8(rows + n * p.row_bytes);
#pragma GCC unroll 2
            for (int m = 0; m < Panels; ++m) {
                const int8x16x4_t w = vld1q_s8_x4(weights + m * panel_bytes);
                dot_group<0>(sums[m], levels, w.val[0]);
                dot_group<1>(sums[m], levels, w.val[1]);
                dot_group<2>(sums[m], levels, w.val[2]);
                dot_group<3>(sums[m], levels, w.val[3]);
            }
        }
    }
#pragma GCC unroll 2
    for (int m = 0; m < Panels; ++m) {
#pragma GCC unroll 8
        for (int n = 0; n < Rows; ++n) finish_four(p, ends[m], first_row + n, (panel + m) * kLanes, sums[m][n]);
    }
}

template <int Panels>
void multiply_panels(const Product& p, const PanelEnd (&ends)[Panels], int64_t panel) {
    int64_t row = 0;
    for (; row + kRows <= p.rows; row += kRows) multiply_rows<Panels, kRows>(p, ends, row, panel);
    for (; row < p.rows; ++row) multiply_rows<Panels, 1>(p, ends, row, panel);
}

void multiply(const Product& p) {
    int64_t panel = 0;
    for (; panel + 2 <= p.panels; panel += 2) {
        multiply_panels<2>(p, {PanelEnd(p, panel * kLanes), PanelEnd(p, (panel + 1) * kLanes)}, panel);
    }
    if (panel < p.panels) multiply_panels<1>(p, {PanelEnd(p, panel * kLanes)}, panel);
}

bool runs_here() { return getauxval(AT_HWCAP) & HWCAP_ASIMDDP; }

}  // namespace

extern const Path neondot_path;
const Path neondot_path{"neondot", runs_here, {kLanes, 4, 16, 1, 128}, {range, quantise}, multiply,
                        multiply_floats<Floats>};

}  // namespace edge
#pragma GCC pop_options
#endif
