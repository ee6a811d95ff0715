#include "filter.h"

#include <algorithm>

namespace edge {
namespace {

Phase same_padded(const Geometry& g) {
    Phase phase{-(g.kernel - 1) / 2 * g.dilation, g.dilation, {}};
    for (int64_t tap = 0; tap < g.kernel; ++tap) phase.taps.push_back(tap);
    return phase;
}

// Output row n*u + r of a transposed convolution with padding p meets input row n + (r+p)/u - a at tap (r+p)%u + u*a,
// a = 0 .. k/u - 1. Rows ascend in memory, so the taps are listed from the largest a down.
Phase transposed_phase(const Geometry& g, int64_t remainder) {
    const int64_t padding = (g.kernel - g.stride) / 2;
    const int64_t count = g.kernel / g.stride;
    const int64_t last = (remainder + padding) / g.stride;
    Phase phase{last - (count - 1), 1, {}};
    for (int64_t a = count - 1; a >= 0; --a) phase.taps.push_back((remainder + padding) % g.stride + g.stride * a);
    return phase;
}

int64_t last_row(const Phase& phase) {
    return phase.first + phase.step * (static_cast<int64_t>(phase.taps.size()) - 1);
}

}  // namespace

std::vector<Phase> phases(const Geometry& geometry) {
    if (!geometry.transposed) return {same_padded(geometry)};
    std::vector<Phase> all;
    for (int64_t r = 0; r < geometry.stride; ++r) all.push_back(transposed_phase(geometry, r));
    return all;
}

int64_t rows_before(const Geometry& geometry) {
    int64_t rows = 0;
    for (const Phase& phase : phases(geometry)) rows = std::max(rows, -phase.first);
    return rows;
}

int64_t rows_after(const Geometry& geometry) {
    int64_t rows = 0;
    for (const Phase& phase : phases(geometry)) rows = std::max(rows, last_row(phase));
    return rows;
}

}  // namespace edge
