// What a packed convolution is before any machine sees it: the quantised weights, their scales and the geometry.
#pragma once

#include <cstdint>
#include <vector>

namespace edge {

struct Geometry {
    int64_t inputs;      // input channels, C
    int64_t outputs;     // output channels, O
    int64_t kernel;      // taps, k
    int64_t dilation;    // rows between taps (1 for a transposed convolution)
    int64_t stride;      // output rows a row of input becomes; 1 unless transposed
    bool transposed;     // weight is (C, O, k) instead of (O, C, k)
    int64_t block;       // input rows that share one scale and zero point
    int64_t late;        // 0 .. block - 1: the rows that the first block lacks, so that blocks end where a stream's pieces do
};

// A filter as it is pickled: nothing in it depends on the machine.
struct Filter {
    Geometry geometry;
    std::vector<int8_t> weight;         // (O, C, k), or (C, O, k) when transposed; -127..127
    std::vector<float> weight_scale;    // (O): float weight = weight * weight_scale / input_scale
    std::vector<float> input_scale;     // (C): activations are divided by it before they are quantised
    std::vector<float> bias;            // (O), zeros when the layer has none
    float slope;                        // leaky-ReLU in front; 1 is none
};

// One plain convolution over input rows. A convolution is one phase; a transposed one of stride u is u phases, whose
// outputs lie side by side: row n of all phases together is output rows n*u .. n*u + u - 1.
struct Phase {
    int64_t first;         // row offset of the first tap, relative to the output row
    int64_t step;          // rows between taps
    std::vector<int64_t> taps;  // which tap of the kernel each row offset meets
};

std::vector<Phase> phases(const Geometry& geometry);

// Rows of context that an output row needs before and after it.
int64_t rows_before(const Geometry& geometry);
int64_t rows_after(const Geometry& geometry);

// Where Filter::weight holds a weight.
inline int64_t weight_index(const Geometry& g, int64_t output, int64_t input, int64_t tap) {
    const int64_t row = g.transposed ? input * g.outputs + output : output * g.inputs + input;
    return row * g.kernel + tap;
}

}  // namespace edge
