// Runs the torch-free part of the operator on random shapes, to be built with -fsanitize=address,undefined: every path
// must give the reference's bits without touching a byte that is not its own. Inputs and outputs are allocated to the
// exact size.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <random>
#include <vector>

#include "convolution.h"

namespace {

using edge::Filter;
using edge::Geometry;

std::mt19937 source(1);

int64_t any_of(std::initializer_list<int64_t> values) {
    return values.begin()[source() % values.size()];
}

std::vector<float> floats(int64_t count, float low, float high) {
    std::uniform_real_distribution<float> value(low, high);
    std::vector<float> all(count);
    for (float& one : all) one = value(source);
    return all;
}

Geometry any_geometry() {
    const bool transposed = source() % 4 == 0;
    const int64_t stride = transposed ? any_of({1, 2, 4, 8}) : 1;
    const int64_t kernel = transposed ? stride * any_of({1, 3}) : any_of({1, 3, 7, 11});
    const int64_t block = any_of({1, 7, 16, 64});
    return {any_of({1, 3, 16, 29, 32, 48, 64}), any_of({1, 3, 8, 16, 17, 31, 32, 40, 96}), kernel,
            transposed ? 1 : any_of({1, 2, 5}), stride, transposed, block, static_cast<int64_t>(source() % block)};
}

Filter any_filter() {
    const Geometry g = any_geometry();
    Filter filter{g, {}, floats(g.outputs, 0.001f, 0.01f), floats(g.inputs, 0.5f, 2.0f), floats(g.outputs, -1, 1), 0.1f};
    filter.weight.resize(g.outputs * g.inputs * g.kernel);
    for (int8_t& weight : filter.weight) weight = static_cast<int8_t>(static_cast<int>(source() % 255) - 127);
    return filter;
}

std::vector<float> any_rows(int64_t count) {
    std::vector<float> rows = floats(count, -3, 3);
    if (source() % 4 == 0) rows[source() % count] = std::vector<float>{NAN, INFINITY, -INFINITY, 3e38f, 1e-40f}[source() % 5];
    return rows;
}

// Two runs, each of its exact size, of which the first may be empty.
struct Cut {
    std::vector<float> kept, fresh;

    Cut(const std::vector<float>& rows, int64_t width, int64_t at)
        : kept(rows.begin(), rows.begin() + at * width), fresh(rows.begin() + at * width, rows.end()), width(width) {}

    edge::Rows rows() const {
        return {{kept.data(), static_cast<int64_t>(kept.size()) / width}, {fresh.data(), static_cast<int64_t>(fresh.size()) / width}};
    }

    int64_t width;
};

std::vector<float> outputs_of(const Filter& filter, const edge::Path& path, const std::vector<float>& rows, bool add, int64_t cut) {
    const edge::Packed packed(filter, path);
    const Geometry& g = filter.geometry;
    const auto count = static_cast<int64_t>(rows.size()) / g.inputs;
    std::vector<float> out(count * g.stride * g.outputs);
    const Cut input(rows, g.inputs, cut);
    const Cut addend(std::vector<float>(add ? out.size() : 0, 0.5f), g.outputs, add ? cut * g.stride : 0);
    const edge::Convolution convolution(packed, {input.rows(), 0}, {out.data(), {addend.rows(), addend.rows()}, count, g.late});
    const int64_t work = convolution.blocks() * convolution.parts();
    convolution.run(work / 2, work);
    convolution.run(0, work / 2);
    return out;
}

bool same_on_every_path(int round) {
    const Filter filter = any_filter();
    const int64_t count = any_of({1, 2, 63, 64, 65, 130});
    const std::vector<float> rows = any_rows(count * filter.geometry.inputs);
    const edge::Paths paths = edge::paths();
    const auto want = outputs_of(filter, *paths.begin[paths.count - 1], rows, round % 2, 0);
    for (int64_t i = 0; i + 1 < paths.count; ++i) {
        if (!paths.begin[i]->runs_here()) continue;
        const auto got = outputs_of(filter, *paths.begin[i], rows, round % 2, static_cast<int64_t>(source() % (count + 1)));
        if (std::memcmp(got.data(), want.data(), want.size() * sizeof(float)) != 0) {
            std::printf("round %d: %s differs from the reference\n", round, paths.begin[i]->name);
            return false;
        }
    }
    return true;
}

template <typename Weight>
std::vector<float> products_of(const edge::Path& path, const edge::FloatProduct& shape, const std::vector<Weight>& weights) {
    const int64_t inputs = shape.taps * shape.channels;
    std::vector<float> room(inputs * edge::kFloatPanel), out(shape.count * shape.outputs);
    edge::FloatProduct product = shape;
    product.weights = weights.data();
    product.weight_bytes = sizeof(Weight);
    product.room = room.data();
    product.out = out.data();
    path.multiply_floats(product);
    return out;
}

template <typename Weight>
bool same_floats_on_every_path(int round) {
    const int64_t channels = any_of({1, 3, 16, 29, 64}), taps = any_of({1, 3}), dilation = any_of({1, 2});
    const int64_t count = any_of({1, 5, 6, 12, 13, 40}), outputs = any_of({1, 8, 15, 16, 31, 32});
    const std::vector<float> rows = floats((count + (taps - 1) * dilation) * channels, -3, 3);
    const std::vector<float> scale = floats(outputs, 0, 1), bias = floats(outputs, -1, 1);
    std::vector<Weight> weights(taps * channels * edge::kFloatPanel);
    for (Weight& weight : weights) weight = static_cast<Weight>(static_cast<int>(source() % 255) - 127);
    const edge::FloatProduct shape{rows.data(), channels, taps, dilation, count, nullptr, 0, nullptr,
                                   scale.data(), bias.data(), outputs, nullptr, outputs};
    const edge::Paths paths = edge::paths();
    const auto want = products_of(*paths.begin[paths.count - 1], shape, weights);
    for (int64_t i = 0; i + 1 < paths.count; ++i) {
        if (!paths.begin[i]->runs_here()) continue;
        const auto got = products_of(*paths.begin[i], shape, weights);
        for (std::size_t j = 0; j < want.size(); ++j) {
            if (std::abs(got[j] - want[j]) <= 0.1f) continue;  // of sums of some hundred
            std::printf("round %d: %s differs from the reference in floats\n", round, paths.begin[i]->name);
            return false;
        }
    }
    return true;
}

}  // namespace

int main() {
    for (int round = 0; round < 300; ++round) {
        if (!same_on_every_path(round)) return 1;
        if (!same_floats_on_every_path<int8_t>(round) || !same_floats_on_every_path<int16_t>(round) ||
            !same_floats_on_every_path<float>(round)) return 1;
    }
    return 0;
}
