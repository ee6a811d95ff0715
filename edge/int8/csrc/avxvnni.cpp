// AVX-VNNI: the 256-bit form of VNNI that desktop processors without AVX-512 have had since 2021.
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#include "path.h"
#include "scheme.h"

#pragma GCC push_options
#pragma GCC target("avx2,avxvnni,fma")

#include "broadcast.h"
#include "float_product.h"
#include "ymm.h"

namespace edge {
namespace {

struct AvxVnni : Ymm {
    using Weights = __m256i;
    static constexpr int kVectorBytes = 32;

    static Weights load(const int8_t* weights) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
    }
    static Sums dot(Sums sums, __m256i levels, Weights weights) {
        return _mm256_dpbusd_avx_epi32(sums, levels, weights);
    }
};

void quantise(const float* x, int64_t count, const float* multiplier, int64_t period, float slope, int32_t zero,
              void* tile) {
    const __m256 slopes = _mm256_set1_ps(slope);
    const __m256i zeros = _mm256_set1_epi32(zero);
    auto* to = static_cast<uint8_t*>(tile);
    for (int64_t i = 0, column = 0; i < count; i += 16) {
        const __m256i levels = sixteen_levels(x + i, multiplier + column, slopes, zeros);
        const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(levels), _mm256_extracti128_si256(levels, 1));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), bytes);
        column = column + 16 == period ? 0 : column + 16;
    }
}

// GCC 12's __builtin_cpu_supports does not know "avxvnni": CPUID leaf 7, subleaf 1, EAX bit 4.
bool runs_here() {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax >> 4 & 1);
}

}  // namespace

extern const Path avxvnni_path;
const Path avxvnni_path{
    "avxvnni", runs_here, {8, 4, 4, 1, 0}, {range, quantise}, multiply_broadcast<AvxVnni>, multiply_floats<Floats>};

}  // namespace edge
#pragma GCC pop_options
#endif
