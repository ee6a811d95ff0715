// The register-blocked product of the x86 paths, for a path that multiplies a broadcast 32-bit group of levels with a
// vector of weights. Included by each path's source after its target pragma, and internal to it.
//
// `Isa` offers: Sums, Weights, zero(), load(weights), broadcast(levels), dot(sums, levels, weights), store(…), and the
// sizes kLanes, kVectorBytes, kRowsAlone (rows with one panel) and kRowsPaired (rows with two).
#pragma once

#include "finish.h"
#include "path.h"

namespace edge {
namespace {

// Every loop over `sums` is unrolled, so that no index is left at run time and the array lives in registers.
template <typename Isa, int Panels, int Rows>
inline __attribute__((always_inline)) void finish(const Product& p, int64_t first_row, int64_t first_output, typename Isa::Sums (&sums)[Panels][Rows]) {
#pragma GCC unroll 2
    for (int m = 0; m < Panels; ++m) {
        const int64_t output = first_output + m * Isa::kLanes;
        if (p.outputs - output >= Isa::kLanes) {
            const auto shift = Isa::shift(p.weight_sum + output, p.zero);
            const auto scale = Isa::scaled(p.weight_scale + output, p.scale);
            const auto bias = Isa::floats(p.bias + output);
#pragma GCC unroll 16
            for (int n = 0; n < Rows; ++n) {
                const int64_t at = (first_row + n) * p.out_stride + output;
                auto value = Isa::add(Isa::scaled_difference(sums[m][n], shift, scale), bias);
                if (p.addend[0]) value = Isa::add(value, Isa::floats(p.addend[0] + at));
                if (p.addend[1]) value = Isa::add(value, Isa::floats(p.addend[1] + at));
                Isa::store(p.out + at, value);
            }
        } else {
#pragma GCC unroll 16
            for (int n = 0; n < Rows; ++n) {
                int32_t spilled[Isa::kLanes];
                Isa::spill(spilled, sums[m][n]);
                finish_lanes(p, first_row + n, output, spilled);
            }
        }
    }
}

// Rows are reached through a pointer for every third: an address is then pointer + {0, 1, 2} * stride + constant, and
// the pointers fit the sixteen general registers.
template <typename Isa, int Panels, int Rows>
void multiply_rows(const Product& p, int64_t first_row, int64_t first_panel) {
    typename Isa::Sums sums[Panels][Rows];
#pragma GCC unroll 2
    for (int m = 0; m < Panels; ++m) {
#pragma GCC unroll 16
        for (int n = 0; n < Rows; ++n) sums[m][n] = Isa::zero();
    }
    const int64_t panel_bytes = p.taps * p.groups * Isa::kVectorBytes;
    const int8_t* weights = p.weights + first_panel * panel_bytes;
    for (int64_t tap = 0; tap < p.taps; ++tap) {
        const char* rows[(Rows + 2) / 3];
        for (int j = 0; j < (Rows + 2) / 3; ++j) {
            rows[j] = p.tile + (first_row + 3 * j) * p.row_bytes + tap * p.tap_bytes;
        }
#pragma GCC unroll 4
        for (int64_t group = 0; group < p.groups; ++group) {
            typename Isa::Weights w[Panels];
#pragma GCC unroll 2
            for (int m = 0; m < Panels; ++m) w[m] = Isa::load(weights + m * panel_bytes);
            weights += Isa::kVectorBytes;
#pragma GCC unroll 16
            for (int n = 0; n < Rows; ++n) {
                const auto levels = Isa::broadcast(rows[n / 3] + (n % 3) * p.row_bytes + 4 * group);
#pragma GCC unroll 2
                for (int m = 0; m < Panels; ++m) sums[m][n] = Isa::dot(sums[m][n], levels, w[m]);
            }
        }
    }
    finish<Isa, Panels, Rows>(p, first_row, first_panel * Isa::kLanes, sums);
}

template <typename Isa, int Panels, int Rows>
void multiply_up_to(const Product& p, int64_t first_row, int64_t rows, int64_t panel) {
    if (rows == Rows) {
        multiply_rows<Isa, Panels, Rows>(p, first_row, panel);
    } else if constexpr (Rows > 1) {
        multiply_up_to<Isa, Panels, Rows - 1>(p, first_row, rows, panel);
    }
}

// Splits the rows evenly: 64 rows are 13+13+13+13+12, not 14+14+14+14+8.
template <typename Isa, int Panels, int MostRows>
void multiply_panels(const Product& p, int64_t panel) {
    const int64_t runs = (p.rows + MostRows - 1) / MostRows;
    for (int64_t run = 0; run < runs; ++run) {
        const int64_t from = p.rows * run / runs;
        const int64_t to = p.rows * (run + 1) / runs;
        multiply_up_to<Isa, Panels, MostRows>(p, from, to - from, panel);
    }
}

template <typename Isa>
void multiply_broadcast(const Product& p) {
    int64_t panel = 0;
    for (; panel + 2 <= p.panels; panel += 2) multiply_panels<Isa, 2, Isa::kRowsPaired>(p, panel);
    if (panel < p.panels) multiply_panels<Isa, 1, Isa::kRowsAlone>(p, panel);
}

}  // namespace
}  // namespace edge
