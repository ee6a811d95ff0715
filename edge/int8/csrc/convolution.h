// The operator without torch: one unit of work is some panels of one block of rows.
#pragma once

#include <cstdint>

#include "packed.h"
#include "rows.h"
#include "scheme.h"

namespace edge {

// Row 0 is the first whose output is wanted.
struct Input {
    Rows rows;      // (.., C)
    int64_t first;  // of `rows`, which is not above 0: what lies outside of them is zero padding
};

struct Output {
    float* rows;          // (count * stride, O), contiguous
    Rows addend[2];       // at least as many, or none at all
    int64_t count;        // input rows whose outputs are wanted
    int64_t lead;         // rows that the first block lacks
};

class Convolution {
public:
    Convolution(const Packed& packed, Input input, Output output);

    // Work is blocks * parts(); a part is up to 32 outputs of one phase.
    int64_t blocks() const;
    int64_t parts() const;
    int64_t products_a_part() const;

    // Does work items [from, to), quantising each block that they touch once. Independent of every other call.
    void run(int64_t from, int64_t to) const;

private:
    struct Span {
        int64_t begin, end;
    };
    Span rows_of(int64_t block) const;
    // Rows from `begin` on whose addends lie in one run.
    Span run_of_addends(int64_t begin, int64_t end) const;
    void multiply(Span block, Span rows, int64_t part, const char* tile, const Levels& levels) const;

    const Packed& packed_;
    Input input_;
    Output output_;
};

}  // namespace edge
