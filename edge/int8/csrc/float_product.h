// The product of rows of floats with stored levels or floats, for layers that compute in FP32. Included by each vector
// path's source after its target pragma, and internal to it.
//
// A sum meets its products in one order and each is added fused, whatever the path's vectors: all paths give the same
// bits. One strip of weights is widened to floats, which all rows then meet.
//
// `Isa` offers: Vector, zero(), load(floats), widened(weights of each type), broadcast(float), fused(sum, a, b),
// scaled(sum, scale, bias), store(…), and the sizes kLanes, kVectors (in a strip) and kRows (at once).
#pragma once

#include "finish.h"
#include "path.h"

namespace edge {
namespace {

template <typename Isa>
constexpr int64_t kStrip = Isa::kLanes * Isa::kVectors;

template <typename Isa, typename Weight>
void widen(const FloatProduct& p, int64_t strip) {
    const auto* from = static_cast<const Weight*>(p.weights) + strip;
    const int64_t inputs = p.taps * p.channels;
    for (int64_t i = 0; i < inputs; ++i, from += kFloatPanel) {
        for (int v = 0; v < Isa::kVectors; ++v) {
            Isa::store(p.room + i * kStrip<Isa> + v * Isa::kLanes, Isa::widened(from + v * Isa::kLanes));
        }
    }
}

// As in broadcast.h, a pointer for every third row, and loops that are unrolled until the sums live in registers.
template <typename Isa, int Rows>
void multiply_float_rows(const FloatProduct& p, int64_t first_row, int64_t strip) {
    typename Isa::Vector sums[Rows][Isa::kVectors];
#pragma GCC unroll 16
    for (int n = 0; n < Rows; ++n) {
#pragma GCC unroll 4
        for (int v = 0; v < Isa::kVectors; ++v) sums[n][v] = Isa::zero();
    }
    const float* weights = p.room;
    for (int64_t tap = 0; tap < p.taps; ++tap) {
        const float* rows[(Rows + 2) / 3];
        for (int j = 0; j < (Rows + 2) / 3; ++j) rows[j] = p.rows + (first_row + 3 * j + tap * p.dilation) * p.channels;
        for (int64_t channel = 0; channel < p.channels; ++channel, weights += kStrip<Isa>) {
            typename Isa::Vector w[Isa::kVectors];
#pragma GCC unroll 4
            for (int v = 0; v < Isa::kVectors; ++v) w[v] = Isa::load(weights + v * Isa::kLanes);
#pragma GCC unroll 16
            for (int n = 0; n < Rows; ++n) {
                const auto x = Isa::broadcast(rows[n / 3] + (n % 3) * p.channels + channel);
#pragma GCC unroll 4
                for (int v = 0; v < Isa::kVectors; ++v) sums[n][v] = Isa::fused(sums[n][v], x, w[v]);
            }
        }
    }
    if (p.outputs - strip < kStrip<Isa>) {
#pragma GCC unroll 16
        for (int n = 0; n < Rows; ++n) {
            float spilled[kStrip<Isa>];
            for (int v = 0; v < Isa::kVectors; ++v) Isa::store(spilled + v * Isa::kLanes, sums[n][v]);
            finish_floats(p, first_row + n, strip, spilled);
        }
        return;
    }
#pragma GCC unroll 4
    for (int v = 0; v < Isa::kVectors; ++v) {
        const int64_t output = strip + v * Isa::kLanes;
        const auto scale = Isa::load(p.scale + output), bias = Isa::load(p.bias + output);
#pragma GCC unroll 16
        for (int n = 0; n < Rows; ++n) {
            Isa::store(p.out + (first_row + n) * p.out_stride + output, Isa::scaled(sums[n][v], scale, bias));
        }
    }
}

template <typename Isa, int Rows>
void multiply_floats_up_to(const FloatProduct& p, int64_t first_row, int64_t rows, int64_t strip) {
    if (rows == Rows) {
        multiply_float_rows<Isa, Rows>(p, first_row, strip);
    } else if constexpr (Rows > 1) {
        multiply_floats_up_to<Isa, Rows - 1>(p, first_row, rows, strip);
    }
}

template <typename Isa>
void multiply_floats(const FloatProduct& p) {
    const int64_t runs = (p.count + Isa::kRows - 1) / Isa::kRows;
    for (int64_t strip = 0; strip < p.outputs; strip += kStrip<Isa>) {
        if (p.weight_bytes == 1) widen<Isa, int8_t>(p, strip);
        if (p.weight_bytes == 2) widen<Isa, int16_t>(p, strip);
        if (p.weight_bytes == 4) widen<Isa, float>(p, strip);
        for (int64_t run = 0; run < runs; ++run) {
            const int64_t from = p.count * run / runs, to = p.count * (run + 1) / runs;
            multiply_floats_up_to<Isa, Isa::kRows>(p, from, to - from, strip);
        }
    }
}

}  // namespace
}  // namespace edge
