// A block of activations and its halo as 8-bit levels.
#pragma once

#include <cstdint>
#include <vector>

#include "packed.h"
#include "scheme.h"

namespace edge {

class Tile {
public:
    // Quantises `count` rows of which those before `from` and from `to` on are zero padding; rows[0] is row `from`.
    void fill(const Packed& packed, const float* rows, int64_t from, int64_t to, int64_t count);

    const char* rows() const { return reinterpret_cast<const char*>(bytes_.data()); }
    const Levels& levels() const { return levels_; }

private:
    bool fill_fast(const Packed& packed, const float* rows, int64_t count, char* to);
    void fill_slow(const Packed& packed, const float* rows, int64_t count, char* to);
    void scale_channels(const Packed& packed);
    void pad(const Packed& packed, char* to, int64_t count) const;

    std::vector<uint64_t> bytes_;  // for alignment
    std::vector<float> multiplier_;
    Levels levels_{};
};

}  // namespace edge
