#include "tile.h"

#include <algorithm>

namespace edge {
namespace {

template <typename Element>
void quantise_rows(const Packed& packed, const float* rows, int64_t count, const float* multiplier, int32_t zero, char* to) {
    const int64_t channels = packed.geometry().inputs;
    for (int64_t row = 0; row < count; ++row) {
        auto* levels = reinterpret_cast<Element*>(to + row * packed.row_bytes());
        quantise_row(rows + row * channels, channels, multiplier, packed.slope(), zero, packed.path().format.offset, levels);
        std::fill(levels + channels, levels + packed.row_channels(), Element{0});
    }
}

Range joined(const Range& a, const Range& b) { return {std::min(a.lowest, b.lowest), std::max(a.highest, b.highest)}; }

}  // namespace

void Tile::fill(const Packed& packed, const Rows& rows, int64_t from, int64_t count) {
    bytes_.resize((count * packed.row_bytes() + 7) / 8);
    auto* bytes = reinterpret_cast<char*>(bytes_.data());
    char* inside = bytes + from * packed.row_bytes();
    if (!packed.vectorised() || !fill_fast(packed, rows, inside)) fill_slow(packed, rows, inside);
    pad(packed, bytes, from);
    pad(packed, inside + rows.count() * packed.row_bytes(), count - from - rows.count());
}

bool Tile::fill_fast(const Packed& packed, const Rows& rows, char* to) {
    const Quantiser& quantiser = packed.path().quantiser;
    const std::vector<float>& inverse = packed.inverse();
    const int64_t channels = packed.geometry().inputs;
    const auto period = static_cast<int64_t>(inverse.size());
    const auto range_of_run = [&](const Rows::Run& run, Range* range) {
        return quantiser.range(run.rows, run.count * channels, inverse.data(), period, packed.slope(), &range->lowest,
                               &range->highest);
    };
    Range kept{}, fresh{};
    if (!range_of_run(rows.kept, &kept) || !range_of_run(rows.fresh, &fresh)) return false;
    levels_ = edge::levels(joined(kept, fresh));
    scale_channels(packed);
    for (const Rows::Run& run : {rows.kept, rows.fresh}) {
        quantiser.quantise(run.rows, run.count * channels, multiplier_.data(), period, packed.slope(), levels_.zero, to);
        to += run.count * packed.row_bytes();
    }
    return true;
}

void Tile::fill_slow(const Packed& packed, const Rows& rows, char* to) {
    const auto range_of_run = [&](const Rows::Run& run) {
        return range_of(run.rows, run.count, packed.geometry().inputs, packed.inverse().data(), packed.slope());
    };
    levels_ = edge::levels(joined(range_of_run(rows.kept), range_of_run(rows.fresh)));
    scale_channels(packed);
    const Format& format = packed.path().format;
    const auto quantise = format.element_bytes == 2 ? quantise_rows<int16_t>
                          : format.offset == 0      ? quantise_rows<uint8_t>
                                                    : quantise_rows<int8_t>;
    for (const Rows::Run& run : {rows.kept, rows.fresh}) {
        quantise(packed, run.rows, run.count, multiplier_.data(), levels_.zero, to);
        to += run.count * packed.row_bytes();
    }
}

void Tile::scale_channels(const Packed& packed) {
    multiplier_ = packed.inverse();
    for (float& multiplier : multiplier_) multiplier *= levels_.per_unit;
}

// The zero point stands for zero exactly; padded channels meet weights of zero and may hold anything.
void Tile::pad(const Packed& packed, char* to, int64_t count) const {
    const int32_t stored = levels_.zero - packed.path().format.offset;
    const int64_t elements = count * packed.row_channels();
    if (packed.path().format.element_bytes == 2) {
        std::fill_n(reinterpret_cast<int16_t*>(to), elements, static_cast<int16_t>(stored));
    } else {
        std::fill_n(reinterpret_cast<int8_t*>(to), elements, static_cast<int8_t>(stored));
    }
}

}  // namespace edge
