// The operator without torch: one unit of work is some panels of one block of rows.
#pragma once

#include <cstdint>

#include "packed.h"
#include "scheme.h"

namespace edge {

// Rows are counted in absolute time, from the beginning of the sentence.
struct Input {
    const float* rows;  // (count, C), contiguous
    int64_t first;      // absolute index of the first of them
    int64_t count;      // whatever lies outside is zero padding
};

struct Output {
    float* rows;              // ((end - begin) * stride, O), contiguous
    const float* addend[2];   // the same shape each, or null
    int64_t begin, end;       // absolute input rows whose outputs are wanted
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
    struct Rows {
        int64_t begin, end;
    };
    Rows rows_of(int64_t block) const;
    void multiply(Rows rows, int64_t part, const char* tile, const Levels& levels) const;

    const Packed& packed_;
    Input input_;
    Output output_;
};

}  // namespace edge
