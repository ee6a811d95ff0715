// AVX2: every x86-64 desktop since 2013.
//
// The obvious VPMADDUBSW adds two products of 8-bit numbers in 16 bits and saturates: 2 * 255 * 127 does not fit. Levels
// are therefore widened to 16 bits when they are written, weights when they are loaded, and VPMADDWD adds pairs of
// exact products in 32 bits.
#if defined(__x86_64__)
#include <immintrin.h>

#include "path.h"
#include "scheme.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")

#include "broadcast.h"
#include "float_product.h"
#include "ymm.h"

namespace edge {
namespace {

struct Avx2 : Ymm {
    using Weights = __m256i;
    static constexpr int kVectorBytes = 16;

    static Weights load(const int8_t* weights) {
        return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(weights)));
    }
    static Sums dot(Sums sums, __m256i levels, Weights weights) {
        return _mm256_add_epi32(sums, _mm256_madd_epi16(levels, weights));
    }
};

void quantise(const float* x, int64_t count, const float* multiplier, int64_t period, float slope, int32_t zero,
              void* tile) {
    const __m256 slopes = _mm256_set1_ps(slope);
    const __m256i zeros = _mm256_set1_epi32(zero);
    auto* to = static_cast<int16_t*>(tile);
    for (int64_t i = 0, column = 0; i < count; i += 16) {
        const __m256i levels = sixteen_levels(x + i, multiplier + column, slopes, zeros);
        const __m256i clamped =
            _mm256_min_epi16(_mm256_max_epi16(levels, _mm256_setzero_si256()), _mm256_set1_epi16(255));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), clamped);
        column = column + 16 == period ? 0 : column + 16;
    }
}

bool runs_here() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

}  // namespace

extern const Path avx2_path;
const Path avx2_path{
    "avx2", runs_here, {8, 2, 2, 2, 0}, {range, quantise}, multiply_broadcast<Avx2>, multiply_floats<Floats>};

}  // namespace edge
#pragma GCC pop_options
#endif
