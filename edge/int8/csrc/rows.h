// Rows in two runs, of which the second goes on where the first ends: what was kept of a stream, and what is new.
#pragma once

#include <algorithm>
#include <cstdint>

namespace edge {

struct Rows {
    struct Run {
        const float* rows;  // contiguous
        int64_t count;
    };
    Run kept, fresh;

    int64_t count() const { return kept.count + fresh.count; }

    // Rows `from` to `to`, of `width` floats each.
    Rows between(int64_t from, int64_t to, int64_t width) const {
        const int64_t begin = std::max<int64_t>(from - kept.count, 0), end = std::max<int64_t>(to - kept.count, 0);
        const int64_t kept_begin = std::min(from, kept.count), kept_end = std::min(to, kept.count);
        return {{kept.rows + kept_begin * width, kept_end - kept_begin}, {fresh.rows + begin * width, end - begin}};
    }
};

}  // namespace edge
