// The operator as torch sees it: a pickled class with packed parameters, and functions over it.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/custom_class.h>
#include <torch/library.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "convolution.h"

namespace edge {
namespace {

using at::Tensor;

// Read from the file by edge/int8/operator.py before it is loaded: with another torch it may not even link.
[[gnu::used]] const char built_for[] = "melo-edge INT8 operator for torch " TORCH_VERSION;

// What is pickled: weight, weight scale, input scale, bias, {dilation, stride, transposed, block}, slope.
using State = std::tuple<Tensor, Tensor, Tensor, Tensor, std::vector<int64_t>, double>;

template <typename T>
std::vector<T> values(const Tensor& tensor, const char* what, at::ScalarType type, int64_t size) {
    TORCH_CHECK(tensor.device().is_cpu() && tensor.scalar_type() == type, what, " must be ", type, " on the CPU, not ",
                tensor.scalar_type(), " on ", tensor.device(), ".");
    TORCH_CHECK(tensor.numel() == size, what, " must have ", size, " elements, not ", tensor.numel(), ".");
    const Tensor flat = tensor.contiguous();
    return {flat.data_ptr<T>(), flat.data_ptr<T>() + size};
}

template <typename T>
Tensor tensor_of(const std::vector<T>& from, at::IntArrayRef shape, at::ScalarType type) {
    Tensor tensor = at::empty(shape, at::TensorOptions().dtype(type));
    std::copy(from.begin(), from.end(), tensor.data_ptr<T>());
    return tensor;
}

Geometry geometry_of(const Tensor& weight, int64_t dilation, int64_t stride, bool transposed, int64_t block) {
    TORCH_CHECK(weight.dim() == 3 && weight.numel() > 0, "weight must be (O, C, k), or (C, O, k) transposed, not ",
                weight.sizes(), ".");
    const Geometry g{weight.size(transposed ? 0 : 1), weight.size(transposed ? 1 : 0), weight.size(2),
                     dilation, stride, transposed, block};
    TORCH_CHECK(dilation >= 1 && stride >= 1 && block >= 1, "dilation, stride and block must be at least 1, not ", dilation,
                ", ", stride, " and ", block, ".");
    TORCH_CHECK(transposed || (g.kernel % 2 == 1 && stride == 1), "A convolution needs an odd kernel and stride 1, not ",
                g.kernel, " and ", stride, ".");
    TORCH_CHECK(!transposed || (g.kernel % stride == 0 && (g.kernel - stride) % 2 == 0 && dilation == 1),
                "A transposed convolution needs a kernel that is a multiple of its stride and differs from it by an even "
                "number, and dilation 1, not kernel ", g.kernel, ", stride ", stride, ", dilation ", dilation, ".");
    TORCH_CHECK(g.inputs * g.kernel <= kLongestSum, "Channels times kernel must be at most ", kLongestSum, ", not ",
                g.inputs * g.kernel, ": the 32-bit sums would overflow.");
    return g;
}

void check_values(const Filter& filter) {
    const auto is_scale = [](float s) { return s >= kSmallestInputScale && s <= kLargestInputScale; };
    TORCH_CHECK(std::all_of(filter.input_scale.begin(), filter.input_scale.end(), is_scale),
                "Input scales must lie between ", kSmallestInputScale, " and ", kLargestInputScale, ".");
    TORCH_CHECK(std::all_of(filter.weight_scale.begin(), filter.weight_scale.end(), [](float s) { return std::isfinite(s); }),
                "Weight scales must be finite.");
    TORCH_CHECK(std::find(filter.weight.begin(), filter.weight.end(), -128) == filter.weight.end(),
                "Weights must lie between -127 and 127; -128 is not symmetric.");
    TORCH_CHECK(filter.slope >= 0 && filter.slope <= 1, "The leaky-ReLU slope must lie between 0 and 1 (1: none), not ",
                filter.slope, ".");
}

Filter filter_of(const State& state) {
    const auto& [weight, weight_scale, input_scale, bias, numbers, slope] = state;
    TORCH_CHECK(numbers.size() == 4, "The pickled convolution has ", numbers.size(),
                " numbers instead of 4: it was written by another version of melo-edge. Build the voice again.");
    const Geometry g = geometry_of(weight, numbers[0], numbers[1], numbers[2] != 0, numbers[3]);
    Filter filter{g,
                  values<int8_t>(weight, "weight", at::kChar, g.outputs * g.inputs * g.kernel),
                  values<float>(weight_scale, "weight_scale", at::kFloat, g.outputs),
                  values<float>(input_scale, "input_scale", at::kFloat, g.inputs),
                  values<float>(bias, "bias", at::kFloat, g.outputs),
                  static_cast<float>(slope)};
    check_values(filter);
    return filter;
}

State state_of(const Filter& filter) {
    const Geometry& g = filter.geometry;
    const int64_t rows = g.transposed ? g.inputs : g.outputs;
    return {tensor_of(filter.weight, {rows, g.inputs + g.outputs - rows, g.kernel}, at::kChar),
            tensor_of(filter.weight_scale, {g.outputs}, at::kFloat),
            tensor_of(filter.input_scale, {g.inputs}, at::kFloat),
            tensor_of(filter.bias, {g.outputs}, at::kFloat),
            {g.dilation, g.stride, g.transposed ? 1 : 0, g.block},
            filter.slope};
}

class PackedConv : public torch::CustomClassHolder {
public:
    explicit PackedConv(const State& state) : packed_(filter_of(state), chosen_path()) {}

    const Packed& packed() const { return packed_; }
    State state() const { return state_of(packed_.filter()); }
    std::string isa() const { return packed_.path().name; }
    int64_t block() const { return packed_.geometry().block; }
    int64_t before() const { return packed_.before(); }
    int64_t after() const { return packed_.after(); }

    // Input rows whose outputs are final once rows up to `available` are known.
    int64_t ready(int64_t available, bool ended) const {
        if (ended) return available;
        return std::max<int64_t>(available - after(), 0) / block() * block();
    }

private:
    Packed packed_;
};

using PackedPointer = c10::intrusive_ptr<PackedConv>;

Tensor zeros_unless(const std::optional<Tensor>& bias, const Tensor& weight_scale) {
    return bias.has_value() ? *bias : at::zeros_like(weight_scale);
}

PackedPointer pack_conv1d(const Tensor& weight, const Tensor& weight_scale, const Tensor& input_scale,
                          const std::optional<Tensor>& bias, int64_t dilation, double slope, int64_t block) {
    return c10::make_intrusive<PackedConv>(
        State{weight, weight_scale, input_scale, zeros_unless(bias, weight_scale), {dilation, 1, 0, block}, slope});
}

PackedPointer pack_conv_transpose1d(const Tensor& weight, const Tensor& weight_scale, const Tensor& input_scale,
                                    const std::optional<Tensor>& bias, int64_t stride, double slope, int64_t block) {
    return c10::make_intrusive<PackedConv>(
        State{weight, weight_scale, input_scale, zeros_unless(bias, weight_scale), {1, stride, 1, block}, slope});
}

void check_rows(const Tensor& rows, int64_t channels, const char* what) {
    TORCH_CHECK(rows.device().is_cpu() && rows.scalar_type() == at::kFloat, what, " must be Float on the CPU, not ",
                rows.scalar_type(), " on ", rows.device(), ".");
    TORCH_CHECK(rows.dim() == 3 && rows.size(0) == 1 && rows.size(1) > 0 && rows.size(2) == channels, what,
                " must be channels-last (1, T, ", channels, ") with T at least 1, not ", rows.sizes(), ".");
    TORCH_CHECK(rows.is_contiguous(), what, " must be contiguous: transpose to (1, T, C) and call contiguous() once, in front.");
}

struct Span {
    int64_t first, begin, end;
};

Span span_of(const Tensor& x, const Geometry& g, int64_t first, std::optional<int64_t> begin, std::optional<int64_t> end) {
    const Span span{first, begin.value_or(first), end.value_or(first + x.size(1))};
    TORCH_CHECK(first >= 0 && span.begin >= first && span.begin < span.end && span.end <= first + x.size(1),
                "The rows asked for, ", span.begin, " to ", span.end, ", must be some of those given, ", first, " to ",
                first + x.size(1), ".");
    TORCH_CHECK(span.begin % g.block == 0, "Rows must begin at a multiple of the block, ", g.block, ", not at ", span.begin,
                ": the scale of a block is taken over all of it.");
    return span;
}

const float* rows_or_null(const std::optional<Tensor>& addend, const char* what, at::IntArrayRef shape) {
    if (!addend.has_value()) return nullptr;
    check_rows(*addend, shape[2], what);
    TORCH_CHECK(addend->sizes() == shape, what, " must have the output's shape ", shape, ", not ", addend->sizes(), ".");
    return addend->data_ptr<float>();
}

void run_in_parallel(const Convolution& convolution) {
    constexpr int64_t kProductsWorthAThread = 1 << 17;
    const int64_t grain = 1 + kProductsWorthAThread / convolution.products_a_part();
    at::parallel_for(0, convolution.blocks() * convolution.parts(), grain,
                     [&](int64_t from, int64_t to) { convolution.run(from, to); });
}

Tensor conv1d(const Tensor& x, const PackedPointer& packed, const std::optional<Tensor>& residual,
              const std::optional<Tensor>& total, int64_t first, std::optional<int64_t> begin,
              std::optional<int64_t> end) {
    const Geometry& g = packed->packed().geometry();
    check_rows(x, g.inputs, "The input");
    const Span span = span_of(x, g, first, begin, end);
    Tensor out = at::empty({1, (span.end - span.begin) * g.stride, g.outputs}, x.options());
    const float* addends[2] = {rows_or_null(residual, "The residual", out.sizes()),
                               rows_or_null(total, "The total", out.sizes())};
    run_in_parallel({packed->packed(),
                     {x.data_ptr<float>(), span.first, x.size(1)},
                     {out.data_ptr<float>(), {addends[0], addends[1]}, span.begin, span.end}});
    return out;
}

std::vector<std::string> isas() {
    std::vector<std::string> names;
    for (int64_t i = 0; i < paths().count; ++i) {
        if (paths().begin[i]->runs_here()) names.emplace_back(paths().begin[i]->name);
    }
    return names;
}

TORCH_LIBRARY(edge, m) {
    m.class_<PackedConv>("PackedConv")
        .def("isa", &PackedConv::isa)
        .def("block", &PackedConv::block)
        .def("before", &PackedConv::before)
        .def("after", &PackedConv::after)
        .def("ready", &PackedConv::ready)
        .def_pickle([](const PackedPointer& self) { return self->state(); },
                    [](const State& state) { return c10::make_intrusive<PackedConv>(state); });
    m.def("pack_conv1d(Tensor weight, Tensor weight_scale, Tensor input_scale, Tensor? bias, int dilation=1, "
          "float slope=1.0, int block=64) -> __torch__.torch.classes.edge.PackedConv", pack_conv1d);
    m.def("pack_conv_transpose1d(Tensor weight, Tensor weight_scale, Tensor input_scale, Tensor? bias, int stride, "
          "float slope=1.0, int block=64) -> __torch__.torch.classes.edge.PackedConv", pack_conv_transpose1d);
    m.def("isas() -> str[]", isas);
    m.def("conv1d(Tensor x, __torch__.torch.classes.edge.PackedConv packed, Tensor? residual=None, Tensor? total=None, int first=0, "
          "int? begin=None, int? end=None) -> Tensor", conv1d);
}

}  // namespace
}  // namespace edge
