// What a path (an instruction set's version of the operator) must offer, and the choice between them.
//
// Plain data and function pointers only: the sources of the vector paths are compiled for their instruction set, so they
// must not share an inline function or a template of the standard library with the rest of the package.
#pragma once

#include <cstdint>

namespace edge {

// Where a path wants its numbers. Weights: [panel of `lanes` outputs][tap][channels / group][lanes][group].
struct Format {
    int64_t lanes;          // outputs side by side in a vector
    int64_t group;          // input channels that one instruction sums into a lane
    int64_t row_multiple;   // a row of the tile is padded to this many channels
    int64_t element_bytes;  // of a level in the tile
    int32_t offset;         // subtracted from a level before it is stored
};

// Vector code for blocks whose channels are a multiple of 16. `period` floats of `inverse` or `multiplier` repeat along
// the rows, which are one contiguous run of `count` floats.
struct Quantiser {
    // False: something in the block is not finite or too large, and lowest and highest are not set.
    bool (*range)(const float* x, int64_t count, const float* inverse, int64_t period, float slope, float* lowest,
                  float* highest);
    void (*quantise)(const float* x, int64_t count, const float* multiplier, int64_t period, float slope, int32_t zero,
                     void* tile);
};

// One block of rows times some panels of one phase.
struct Product {
    const char* tile;      // the row that the first output row's first tap meets
    int64_t row_bytes;     // from an output row to the next
    int64_t tap_bytes;     // from a tap to the next
    int64_t taps;
    int64_t groups;        // per tap
    const int8_t* weights; // first panel
    int64_t panels;
    const float* weight_scale;  // these three: per output, padded to whole panels
    const float* bias;
    const int32_t* weight_sum;
    float scale;           // of the block
    int32_t zero;          // of the block, as stored (offset already subtracted)
    int64_t rows;
    int64_t outputs;       // outputs that exist; the last panel may be padded
    float* out;
    int64_t out_stride;    // floats from an output row to the next, in `out` and the addends
    const float* addend[2];  // added behind the bias in this order; null: none
};

// Outputs side by side in the weights of a FloatProduct, for every path.
constexpr int64_t kFloatPanel = 32;

// All rows of floats times one panel of weights: a convolution whose sums are FP32.
struct FloatProduct {
    const float* rows;     // the row that the first output row's first tap meets; contiguous
    int64_t channels;      // floats in a row
    int64_t taps;
    int64_t dilation;      // rows between taps
    int64_t count;         // output rows
    const void* weights;   // [tap][channel][kFloatPanel]
    int64_t weight_bytes;  // 1 or 2: levels, which are whole numbers; 4: floats
    float* room;           // for as many floats
    const float* scale;    // these two: per output
    const float* bias;
    int64_t outputs;       // outputs that exist; the last panel may be padded
    float* out;
    int64_t out_stride;    // floats from an output row to the next
};

struct Path {
    const char* name;
    bool (*runs_here)();
    Format format;
    Quantiser quantiser;   // null functions: scalar code
    void (*multiply)(const Product& product);
    void (*multiply_floats)(const FloatProduct& product);
};

// Paths compiled into this library, best first; the last is the reference.
struct Paths {
    const Path* const* begin;
    int64_t count;
};
Paths paths();

// The path that EDGE_INT8_ISA names, or the best this machine runs. Throws std::invalid_argument with a sentence.
const Path& chosen_path();

}  // namespace edge
