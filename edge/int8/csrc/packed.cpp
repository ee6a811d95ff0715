#include "packed.h"

#include <cstddef>
#include <numeric>

namespace edge {
namespace {

int64_t rounded_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

std::vector<float> padded(std::vector<float> values, int64_t size) {
    values.resize(size, 0.0f);
    return values;
}

std::vector<float> repeated_inverse(const std::vector<float>& scale, int64_t size) {
    std::vector<float> inverse(size);
    for (int64_t i = 0; i < size; ++i) inverse[i] = 1.0f / scale[i % scale.size()];
    return inverse;
}

}  // namespace

Packed::Packed(const Filter& filter, const Path& path)
    : geometry_(filter.geometry),
      path_(&path),
      phases_(edge::phases(filter.geometry)),
      before_(rows_before(filter.geometry)),
      after_(rows_after(filter.geometry)),
      slope_(filter.slope),
      weights_(phases_.size() * phase_bytes(), 0),
      weight_scale_(padded(filter.weight_scale, padded_outputs())),
      bias_(padded(filter.bias, padded_outputs())),
      input_scale_(filter.input_scale),
      inverse_(repeated_inverse(filter.input_scale,
                                vectorised() ? std::lcm<int64_t>(geometry_.inputs, 64) : geometry_.inputs)),
      weight_sum_(phases_.size() * padded_outputs(), 0) {
    place_weights(filter.weight);
}

int64_t Packed::row_channels() const { return rounded_up(geometry_.inputs, path_->format.row_multiple); }

int64_t Packed::phase_bytes() const {
    return padded_outputs() * static_cast<int64_t>(phases_[0].taps.size()) * row_channels();
}

int64_t Packed::place(int64_t phase, int64_t output, int64_t tap, int64_t input) const {
    const Format& f = path_->format;
    const auto taps = static_cast<int64_t>(phases_[0].taps.size());
    const int64_t groups = row_channels() / f.group;
    const int64_t vector = (output / f.lanes * taps + tap) * groups + input / f.group;
    return phase * phase_bytes() + (vector * f.lanes + output % f.lanes) * f.group + input % f.group;
}

const int8_t* Packed::weights(int64_t phase, int64_t panel) const {
    return weights_.data() + place(phase, panel * path_->format.lanes, 0, 0);
}

template <typename Visit>
void Packed::for_each_weight(Visit visit) const {
    for (std::size_t phase = 0; phase < phases_.size(); ++phase) {
        const std::vector<int64_t>& taps = phases_[phase].taps;
        for (int64_t output = 0; output < geometry_.outputs; ++output) {
            for (std::size_t tap = 0; tap < taps.size(); ++tap) {
                for (int64_t input = 0; input < geometry_.inputs; ++input) {
                    visit(weight_index(geometry_, output, input, taps[tap]), place(phase, output, tap, input),
                          phase * padded_outputs() + output);
                }
            }
        }
    }
}

void Packed::place_weights(const std::vector<int8_t>& neutral) {
    for_each_weight([&](int64_t from, int64_t to, int64_t sum) {
        weights_[to] = neutral[from];
        weight_sum_[sum] += neutral[from];
    });
}

Filter Packed::filter() const {
    Filter filter{geometry_, {}, weight_scale_, input_scale_, bias_, slope_};
    filter.weight_scale.resize(geometry_.outputs);
    filter.bias.resize(geometry_.outputs);
    filter.weight.resize(geometry_.outputs * geometry_.inputs * geometry_.kernel);
    for_each_weight([&](int64_t to, int64_t from, int64_t) { filter.weight[to] = weights_[from]; });
    return filter;
}

}  // namespace edge
