#include "scheme.h"

#include <algorithm>
#include <cmath>

namespace edge {
namespace {

float tamed(float x) {
    if (std::isnan(x)) return 0.0f;
    return std::min(std::max(x, -kLargest), kLargest);
}

}  // namespace

Levels levels(Range range) {
    const float span = range.highest - range.lowest;
    if (span < kSmallest) return {0.0f, 0.0f, 0};
    const float per_unit = 255.0f / span;
    const auto zero = static_cast<int32_t>(std::nearbyint(-range.lowest * per_unit));
    return {span / 255.0f, per_unit, std::min(zero, 255)};
}

Range range_of(const float* rows, int64_t count, int64_t channels, const float* inverse, float slope) {
    const Leaky leaky{slope};
    Range range{0.0f, 0.0f};
    for (int64_t row = 0; row < count; ++row) {
        for (int64_t c = 0; c < channels; ++c) {
            const float value = leaky(tamed(rows[row * channels + c])) * inverse[c];
            range.lowest = std::min(range.lowest, value);
            range.highest = std::max(range.highest, value);
        }
    }
    return range;
}

template <typename Element>
void quantise_row(const float* row, int64_t channels, const float* multiplier, float slope, int32_t zero,
                  int32_t offset, Element* tile) {
    const Leaky leaky{slope};
    for (int64_t c = 0; c < channels; ++c) {
        const auto level = static_cast<int32_t>(std::nearbyint(leaky(tamed(row[c])) * multiplier[c])) + zero;
        tile[c] = static_cast<Element>(std::clamp(level, 0, 255) - offset);
    }
}

template void quantise_row<uint8_t>(const float*, int64_t, const float*, float, int32_t, int32_t, uint8_t*);
template void quantise_row<int8_t>(const float*, int64_t, const float*, float, int32_t, int32_t, int8_t*);
template void quantise_row<int16_t>(const float*, int64_t, const float*, float, int32_t, int32_t, int16_t*);

}  // namespace edge
