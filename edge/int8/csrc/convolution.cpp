#include "convolution.h"

#include <algorithm>

#include "tile.h"

namespace edge {
namespace {

constexpr int64_t kOutputsAPart = 32;  // a multiple of what any path's product keeps in registers at once

int64_t panels_a_part(const Packed& packed) { return kOutputsAPart / packed.path().format.lanes; }

Tile& tile_of_this_thread() {
    static thread_local Tile tile;
    return tile;
}

}  // namespace

Convolution::Convolution(const Packed& packed, Input input, Output output)
    : packed_(packed), input_(input), output_(output) {}

int64_t Convolution::blocks() const {
    const int64_t block = packed_.geometry().block;
    return (output_.lead + output_.count + block - 1) / block;
}

int64_t Convolution::parts() const {
    const int64_t panels = panels_a_part(packed_);
    return static_cast<int64_t>(packed_.phases().size()) * ((packed_.panels() + panels - 1) / panels);
}

int64_t Convolution::products_a_part() const {
    const auto taps = static_cast<int64_t>(packed_.phases()[0].taps.size());
    return packed_.geometry().block * taps * packed_.row_channels() * kOutputsAPart;
}

Convolution::Span Convolution::rows_of(int64_t block) const {
    const int64_t size = packed_.geometry().block;
    const int64_t begin = block * size - output_.lead;
    return {std::max<int64_t>(begin, 0), std::min(begin + size, output_.count)};
}

Convolution::Span Convolution::run_of_addends(int64_t begin, int64_t end) const {
    for (const Rows& addend : output_.addend) {
        const int64_t border = addend.kept.count / packed_.geometry().stride;
        if (begin < border) end = std::min(end, border);
    }
    return {begin, end};
}

void Convolution::run(int64_t from, int64_t to) const {
    Tile& tile = tile_of_this_thread();
    for (int64_t item = from; item < to;) {
        const int64_t block = item / parts();
        const Span rows = rows_of(block);
        const int64_t first = rows.begin - packed_.before() - input_.first;  // among the input's
        const int64_t count = rows.end - rows.begin + packed_.before() + packed_.after();
        const int64_t begin = std::clamp<int64_t>(first, 0, input_.rows.count());
        const int64_t end = std::clamp<int64_t>(first + count, begin, input_.rows.count());
        tile.fill(packed_, input_.rows.between(begin, end, packed_.geometry().inputs), begin - first, count);
        for (; item < to && item / parts() == block; ++item) {
            for (Span run = run_of_addends(rows.begin, rows.end); run.begin < run.end;
                 run = run_of_addends(run.end, rows.end)) {
                multiply(rows, run, item % parts(), tile.rows(), tile.levels());
            }
        }
    }
}

void Convolution::multiply(Span block, Span rows, int64_t part, const char* tile, const Levels& levels) const {
    const Geometry& g = packed_.geometry();
    const Format& format = packed_.path().format;
    const int64_t parts_a_phase = parts() / static_cast<int64_t>(packed_.phases().size());
    const int64_t number = part / parts_a_phase;
    const Phase& phase = packed_.phases()[number];
    const int64_t panel = part % parts_a_phase * panels_a_part(packed_);
    const int64_t output = panel * format.lanes;
    const int64_t at = (rows.begin * g.stride + number) * g.outputs + output;
    const auto behind = [&](const Rows& addend) -> const float* {
        const int64_t kept = addend.kept.count * g.outputs;
        if (addend.count() == 0) return nullptr;
        return rows.begin * g.stride < addend.kept.count ? addend.kept.rows + at : addend.fresh.rows + (at - kept);
    };

    Product product{};
    product.tile = tile + (rows.begin - block.begin + packed_.before() + phase.first) * packed_.row_bytes();
    product.row_bytes = packed_.row_bytes();
    product.tap_bytes = phase.step * packed_.row_bytes();
    product.taps = static_cast<int64_t>(phase.taps.size());
    product.groups = packed_.row_channels() / format.group;
    product.weights = packed_.weights(number, panel);
    product.panels = std::min(panels_a_part(packed_), packed_.panels() - panel);
    product.weight_scale = packed_.weight_scale() + output;
    product.bias = packed_.bias() + output;
    product.weight_sum = packed_.weight_sum(number) + output;
    product.scale = levels.scale;
    product.zero = levels.zero - format.offset;
    product.rows = rows.end - rows.begin;
    product.outputs = g.outputs - output;
    product.out = output_.rows + at;
    product.out_stride = g.stride * g.outputs;
    product.addend[0] = behind(output_.addend[0]);
    product.addend[1] = behind(output_.addend[1]);
    packed_.path().multiply(product);
}

}  // namespace edge
