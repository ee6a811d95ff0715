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
#include "path.h"

namespace edge {
namespace {

using at::Tensor;

// Read from the file by edge/int8/operator.py before it is loaded: with another torch it may not even link.
[[gnu::used]] const char built_for[] = "melo-edge INT8 operator for torch " TORCH_VERSION;

// What is pickled: weight, weight scale, input scale, bias, {dilation, stride, transposed, block, late}, slope.
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

Geometry geometry_of(const Tensor& weight, int64_t dilation, int64_t stride, bool transposed, int64_t block, int64_t late) {
    TORCH_CHECK(weight.dim() == 3 && weight.numel() > 0, "weight must be (O, C, k), or (C, O, k) transposed, not ",
                weight.sizes(), ".");
    const Geometry g{weight.size(transposed ? 0 : 1), weight.size(transposed ? 1 : 0), weight.size(2),
                     dilation, stride, transposed, block, late};
    TORCH_CHECK(dilation >= 1 && stride >= 1 && block >= 1, "dilation, stride and block must be at least 1, not ", dilation,
                ", ", stride, " and ", block, ".");
    TORCH_CHECK(late >= 0 && late < block, "The rows that the first block lacks must be at least 0 and fewer than the block's ",
                block, ", not ", late, ".");
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
    TORCH_CHECK(numbers.size() == 5, "The pickled convolution has ", numbers.size(),
                " numbers instead of 5: it was written by another version of melo-edge. Build the voice again.");
    const Geometry g = geometry_of(weight, numbers[0], numbers[1], numbers[2] != 0, numbers[3], numbers[4]);
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
            {g.dilation, g.stride, g.transposed ? 1 : 0, g.block, g.late},
            filter.slope};
}

class PackedConv : public torch::CustomClassHolder {
public:
    explicit PackedConv(const State& state) : packed_(filter_of(state), chosen_path()) {}

    const Packed& packed() const { return packed_; }
    State state() const { return state_of(packed_.filter()); }
    std::string isa() const { return packed_.path().name; }
    int64_t block() const { return packed_.geometry().block; }

private:
    Packed packed_;
};

using PackedPointer = c10::intrusive_ptr<PackedConv>;

Tensor zeros_unless(const std::optional<Tensor>& bias, const Tensor& weight_scale) {
    return bias.has_value() ? *bias : at::zeros_like(weight_scale);
}

PackedPointer pack_conv1d(const Tensor& weight, const Tensor& weight_scale, const Tensor& input_scale,
                          const std::optional<Tensor>& bias, int64_t dilation, double slope, int64_t block, int64_t late) {
    return c10::make_intrusive<PackedConv>(
        State{weight, weight_scale, input_scale, zeros_unless(bias, weight_scale), {dilation, 1, 0, block, late}, slope});
}

PackedPointer pack_conv_transpose1d(const Tensor& weight, const Tensor& weight_scale, const Tensor& input_scale,
                                    const std::optional<Tensor>& bias, int64_t stride, double slope, int64_t block, int64_t late) {
    return c10::make_intrusive<PackedConv>(
        State{weight, weight_scale, input_scale, zeros_unless(bias, weight_scale), {1, stride, 1, block, late}, slope});
}

void check_rows(const Tensor& rows, int64_t channels, int64_t least, const char* what) {
    TORCH_CHECK(rows.device().is_cpu() && rows.scalar_type() == at::kFloat, what, " must be Float on the CPU, not ",
                rows.scalar_type(), " on ", rows.device(), ".");
    TORCH_CHECK(rows.dim() == 3 && rows.size(0) == 1 && rows.size(1) >= least && rows.size(2) == channels, what,
                " must be channels-last (1, T, ", channels, ") with T at least ", least, ", not ", rows.sizes(), ".");
    TORCH_CHECK(rows.is_contiguous(), what, " must be contiguous: transpose to (1, T, C) and call contiguous() once, in front.");
}

void run_in_parallel(const Convolution& convolution) {
    constexpr int64_t kProductsWorthAThread = 1 << 17;
    const int64_t grain = 1 + kProductsWorthAThread / convolution.products_a_part();
    at::parallel_for(0, convolution.blocks() * convolution.parts(), grain,
                     [&](int64_t from, int64_t to) { convolution.run(from, to); });
}

// What was kept of a stream, if anything, and what is new.
Rows rows_of(const Tensor* kept, const Tensor& fresh, int64_t channels, const char* what) {
    check_rows(fresh, channels, kept == nullptr ? 1 : 0, what);
    if (kept == nullptr) return {{nullptr, 0}, {fresh.data_ptr<float>(), fresh.size(1)}};
    check_rows(*kept, channels, 0, "What was kept");
    return {{kept->data_ptr<float>(), kept->size(1)}, {fresh.data_ptr<float>(), fresh.size(1)}};
}

// A copy of the rows from `from` on; those before 0 are zeros.
Tensor rest_of(const Rows& rows, int64_t from, int64_t channels) {
    const int64_t zeros = std::max<int64_t>(-from, 0);
    Tensor rest = at::empty({1, rows.count() - from, channels}, at::kFloat);
    float* to = std::fill_n(rest.data_ptr<float>(), zeros * channels, 0.0f);
    const Rows last = rows.between(from + zeros, rows.count(), channels);
    for (const Rows::Run& run : {last.kept, last.fresh}) to = std::copy_n(run.rows, run.count * channels, to);
    return rest;
}

// The end of the last block that is whole and whose context has come.
int64_t last_border(int64_t known, const Geometry& g, int64_t lead) {
    return std::max<int64_t>((known + lead) / g.block * g.block - lead, 0);
}

// The output, and unless the sentence ended, what to keep: rows of the input and of each addend.
std::vector<Tensor> stream(const Tensor& x, const PackedPointer& pointer, const std::vector<Tensor>& addends,
                           const std::vector<Tensor>& kept, bool ended) {
    const Packed& packed = pointer->packed();
    const Geometry& g = packed.geometry();
    const bool goes_on = !kept.empty();
    TORCH_CHECK(addends.size() <= 2, "There may be two addends, not ", addends.size(), ".");
    TORCH_CHECK(!goes_on || kept.size() == 1 + addends.size(), "Something was kept of ", kept.size(), " streams, but there are ",
                1 + addends.size(), ".");
    const Rows rows = rows_of(goes_on ? &kept[0] : nullptr, x, g.inputs, "The input");
    const int64_t first = goes_on ? -packed.before() : 0;
    const int64_t lead = goes_on ? 0 : g.late;
    const int64_t known = first + rows.count();
    TORCH_CHECK(!goes_on || known > 0, "What was kept has ", kept[0].size(1), " rows, fewer than the context.");
    const int64_t count = ended ? known : last_border(known - packed.after(), g, lead);
    TORCH_CHECK(goes_on || count > 0, "A stream's first piece must have more rows than ", x.size(1), ": no block of ", g.block,
                " is whole with the ", packed.after(), " rows behind it.");
    Tensor out = at::empty({1, count * g.stride, g.outputs}, x.options());
    std::vector<Tensor> results{out};
    if (!ended) results.push_back(rest_of(rows, count - packed.before() - first, g.inputs));
    Output output{out.data_ptr<float>(), {}, count, lead};
    for (std::size_t i = 0; i < addends.size(); ++i) {
        output.addend[i] = rows_of(goes_on ? &kept[1 + i] : nullptr, addends[i], g.outputs, "An addend");
        const int64_t have = output.addend[i].count();
        TORCH_CHECK(have == out.size(1) || (!ended && have > out.size(1)), "An addend has ", have, " rows, but the output ",
                    out.size(1), ".");
        if (!ended) results.push_back(rest_of(output.addend[i], out.size(1), g.outputs));
    }
    run_in_parallel({packed, {rows, first}, output});
    return results;
}

// All rows at once.
Tensor conv1d(const Tensor& x, const PackedPointer& packed, const std::optional<Tensor>& residual,
              const std::optional<Tensor>& total) {
    std::vector<Tensor> addends;
    if (residual.has_value()) addends.push_back(*residual);
    if (total.has_value()) addends.push_back(*total);
    return stream(x, packed, addends, {}, true)[0];
}

void check_floats(const Tensor& rows, const Tensor& weights, const Tensor& scale, const Tensor& bias, int64_t dilation) {
    TORCH_CHECK(rows.device().is_cpu() && rows.scalar_type() == at::kFloat && rows.dim() == 2,
                "Rows must be Float (n, C) on the CPU, not ", rows.scalar_type(), " ", rows.sizes(), " on ", rows.device(), ".");
    TORCH_CHECK(weights.device().is_cpu() &&
                    (weights.scalar_type() == at::kChar || weights.scalar_type() == at::kShort || weights.scalar_type() == at::kFloat) &&
                    weights.dim() == 4 && weights.size(3) == kFloatPanel && weights.numel() > 0 && weights.is_contiguous(),
                "Weights must be Char, Short or Float (panels, taps, C, ", kFloatPanel, "), contiguous, on the CPU, not ",
                weights.scalar_type(), " ", weights.sizes(), " on ", weights.device(), ".");
    TORCH_CHECK(rows.size(1) == weights.size(2), "The weights are for rows of ", weights.size(2), " floats, not ", rows.size(1), ".");
    TORCH_CHECK(dilation >= 1 && rows.size(0) > (weights.size(1) - 1) * dilation, weights.size(1), " taps that are ", dilation,
                " apart need at least ", (weights.size(1) - 1) * dilation + 1, " rows, not ", rows.size(0), ".");
    for (const Tensor& each : {scale, bias}) {
        TORCH_CHECK(each.device().is_cpu() && each.scalar_type() == at::kFloat && each.is_contiguous() && each.dim() == 1 &&
                        each.size(0) == scale.size(0) && (each.size(0) + kFloatPanel - 1) / kFloatPanel == weights.size(0),
                    "Scale and bias must be contiguous Float on the CPU, one each for every output of ", weights.size(0),
                    " panels, not ", each.scalar_type(), " ", each.sizes(), " on ", each.device(), ".");
    }
}

// Rows (n, C) times weights (panels, taps, C, kFloatPanel), each output of which is scaled, and a bias; to (n - (taps - 1) * dilation, O).
Tensor float_conv1d(const Tensor& x, const Tensor& weights, const Tensor& scale, const Tensor& bias, int64_t dilation) {
    check_floats(x, weights, scale, bias, dilation);
    const Path& path = chosen_path();
    const Tensor rows = x.contiguous();
    const int64_t taps = weights.size(1), channels = weights.size(2), outputs = scale.size(0);
    Tensor out = at::empty({rows.size(0) - (taps - 1) * dilation, outputs}, rows.options());
    const int64_t panel = taps * channels * kFloatPanel;
    constexpr int64_t kProductsWorthAThread = 1 << 17;
    at::parallel_for(0, weights.size(0), 1 + kProductsWorthAThread / (panel * out.size(0)), [&](int64_t from, int64_t to) {
        std::vector<float> room(panel);
        for (int64_t i = from; i < to; ++i) {
            const int64_t first = i * kFloatPanel;
            path.multiply_floats({rows.data_ptr<float>(), channels, taps, dilation, out.size(0),
                                  static_cast<const char*>(weights.data_ptr()) + i * panel * weights.element_size(),
                                  weights.element_size(), room.data(), scale.data_ptr<float>() + first,
                                  bias.data_ptr<float>() + first, std::min(kFloatPanel, outputs - first),
                                  out.data_ptr<float>() + first, outputs});
        }
    });
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
        .def_pickle([](const PackedPointer& self) { return self->state(); },
                    [](const State& state) { return c10::make_intrusive<PackedConv>(state); });
    m.def("pack_conv1d(Tensor weight, Tensor weight_scale, Tensor input_scale, Tensor? bias, int dilation=1, "
          "float slope=1.0, int block=64, int late=0) -> __torch__.torch.classes.edge.PackedConv", pack_conv1d);
    m.def("pack_conv_transpose1d(Tensor weight, Tensor weight_scale, Tensor input_scale, Tensor? bias, int stride, "
          "float slope=1.0, int block=64, int late=0) -> __torch__.torch.classes.edge.PackedConv", pack_conv_transpose1d);
    m.def("isas() -> str[]", isas);
    m.def("conv1d(Tensor x, __torch__.torch.classes.edge.PackedConv packed, Tensor? residual=None, Tensor? total=None) -> Tensor",
          conv1d);
    m.def("float_conv1d(Tensor rows, Tensor weights, Tensor scale, Tensor bias, int dilation=1) -> Tensor", float_conv1d);
    m.def("stream(Tensor x, __torch__.torch.classes.edge.PackedConv packed, Tensor[] addends, Tensor[] kept, bool ended) -> Tensor[]",
          stream);
}

}  // namespace
}  // namespace edge
