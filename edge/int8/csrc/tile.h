// A block of activations and its halo as 8-bit levels.
#pragma once

#include <cstdint>
#include <vector>

#include "packed.h"
#include "rows.h"
#include "scheme.h"

namespace edge {

class Tile {
public:
    // Quantises `count` rows of which `rows` are those from `from` on, and the others zero padding.
    void fill(const Packed& packed, const Rows& rows, int64_t from, int64_t count);

    const char* rows() const { return reinterpret_cast<const char*>(bytes_.data()); }
    const Levels& levels() const { return levels_; }

private:
    bool fill_fast(const Packed& packed, const Rows& rows, char* to);
    void fill_slow(const Packed& packed, const Rows& rows, char* to);
    void scale_channels(const Packed& packed);
    void pad(const Packed& packed, char* to, int64_t count) const;

    std::vector<uint64_t> bytes_;  // for alignment
    std::vector<float> multiplier_;
    Levels levels_{};
};

}  // namespace edge
