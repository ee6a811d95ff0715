// A filter laid out for one path, and back.
#pragma once

#include <cstdint>
#include <vector>

#include "filter.h"
#include "path.h"

namespace edge {

class Packed {
public:
    Packed(const Filter& filter, const Path& path);

    // The ISA-neutral filter again. It is rebuilt rather than kept: weights are held in memory once.
    Filter filter() const;

    const Geometry& geometry() const { return geometry_; }
    const Path& path() const { return *path_; }
    const std::vector<Phase>& phases() const { return phases_; }
    const int8_t* weights(int64_t phase, int64_t panel) const;
    const float* weight_scale() const { return weight_scale_.data(); }
    const float* bias() const { return bias_.data(); }
    const int32_t* weight_sum(int64_t phase) const { return weight_sum_.data() + phase * padded_outputs(); }
    // 1 / input_scale, repeated to a multiple of 64 channels when the path's vector code can use it.
    const std::vector<float>& inverse() const { return inverse_; }
    float slope() const { return slope_; }

    int64_t panels() const { return (geometry_.outputs + path_->format.lanes - 1) / path_->format.lanes; }
    int64_t row_channels() const;
    int64_t row_bytes() const { return row_channels() * path_->format.element_bytes; }
    int64_t before() const { return before_; }
    int64_t after() const { return after_; }
    bool vectorised() const { return path_->quantiser.range != nullptr && geometry_.inputs % 16 == 0; }

private:
    int64_t padded_outputs() const { return panels() * path_->format.lanes; }
    int64_t phase_bytes() const;
    int64_t place(int64_t phase, int64_t output, int64_t tap, int64_t input) const;
    // visit(index of the neutral weight, of the placed weight, of the sum it belongs to)
    template <typename Visit>
    void for_each_weight(Visit visit) const;
    void place_weights(const std::vector<int8_t>& neutral);

    Geometry geometry_;
    const Path* path_;
    std::vector<Phase> phases_;
    int64_t before_, after_;
    float slope_;
    std::vector<int8_t> weights_;
    std::vector<float> weight_scale_, bias_, input_scale_, inverse_;
    std::vector<int32_t> weight_sum_;
};

}  // namespace edge
