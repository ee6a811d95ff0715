// What the two paths with 256-bit vectors share: range, levels, the end of an output and the product of floats.
// Included by each path's source after its target pragma, and internal to it.
#pragma once

#include <immintrin.h>

#include "path.h"
#include "scheme.h"

namespace edge {
namespace {

struct Ymm {
    using Sums = __m256i;
    static constexpr int kLanes = 8;
    // Sixteen registers: twelve sums, two weights, the levels, and a product where the path needs one.
    static constexpr int kRowsAlone = 8;
    static constexpr int kRowsPaired = 6;

    static Sums zero() { return _mm256_setzero_si256(); }
    static __m256i broadcast(const char* levels) {
        return _mm256_castps_si256(_mm256_broadcast_ss(reinterpret_cast<const float*>(levels)));
    }
    static __m256i shift(const int32_t* sum, int32_t zero) {
        return _mm256_mullo_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(sum)), _mm256_set1_epi32(zero));
    }
    static __m256 scaled(const float* weight_scale, float scale) {
        return _mm256_mul_ps(floats(weight_scale), _mm256_set1_ps(scale));
    }
    static __m256 floats(const float* from) { return _mm256_loadu_ps(from); }
    static __m256 add(__m256 a, __m256 b) { return _mm256_add_ps(a, b); }
    static __m256 scaled_difference(Sums sums, __m256i shift, __m256 scale) {
        return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_sub_epi32(sums, shift)), scale);
    }
    static void store(float* to, __m256 value) { _mm256_storeu_ps(to, value); }
    static void spill(int32_t* to, Sums sums) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), sums); }
};

struct Floats {
    using Vector = __m256;
    static constexpr int kLanes = 8;
    static constexpr int kVectors = 2;
    // Sixteen registers: twelve sums, two weights, the row.
    static constexpr int kRows = 6;

    static Vector zero() { return _mm256_setzero_ps(); }
    static Vector load(const float* from) { return _mm256_loadu_ps(from); }
    static Vector widened(const float* weights) { return load(weights); }
    static Vector widened(const int8_t* levels) {
        return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(levels))));
    }
    static Vector widened(const int16_t* levels) {
        return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(levels))));
    }
    static Vector broadcast(const float* from) { return _mm256_broadcast_ss(from); }
    static Vector fused(Vector sum, Vector a, Vector b) { return _mm256_fmadd_ps(a, b, sum); }
    static Vector scaled(Vector sum, Vector scale, Vector bias) { return _mm256_add_ps(_mm256_mul_ps(sum, scale), bias); }
    static void store(float* to, Vector value) { _mm256_storeu_ps(to, value); }
};

// The integer trick of the AVX-512 path, in halves of its vectors.
struct Extremes {
    __m256i highest, lowest;

    // Written out: an implicit constructor is not compiled for the pragma's target.
    Extremes() : highest(_mm256_setzero_si256()), lowest(_mm256_set1_epi32(INT32_MIN)) {}
    void meet(const float* x) {
        const __m256i bits = _mm256_castps_si256(_mm256_loadu_ps(x));
        highest = _mm256_max_epi32(highest, bits);
        lowest = _mm256_max_epu32(lowest, bits);
    }
};

template <typename Pick>
float reduced(__m256 values, Pick pick) {
    float lane[8];
    _mm256_storeu_ps(lane, values);
    float result = lane[0];
    for (int i = 1; i < 8; ++i) result = pick(result, lane[i]);
    return result;
}

bool range(const float* x, int64_t count, const float* inverse, int64_t period, float slope, float* lowest,
           float* highest) {
    __m256i most = _mm256_setzero_si256(), least = _mm256_set1_epi32(INT32_MIN);
    __m256 low = _mm256_setzero_ps(), high = _mm256_setzero_ps();
    for (int64_t column = 0; column < period && column < count; column += 32) {
        Extremes seen[4];
        int64_t i = column;
        for (; i + 32 <= count; i += period) {
            for (int v = 0; v < 4; ++v) seen[v].meet(x + i + 8 * v);
        }
        for (int v = 0; v < 4 && i + 8 * v < count; ++v) seen[v].meet(x + i + 8 * v);
        for (int v = 0; v < 4; ++v) {
            const __m256 by = _mm256_loadu_ps(inverse + column + 8 * v);
            const __m256 negative = _mm256_mul_ps(_mm256_castsi256_ps(seen[v].lowest), _mm256_set1_ps(slope));
            low = _mm256_min_ps(low, _mm256_mul_ps(negative, by));
            high = _mm256_max_ps(high, _mm256_mul_ps(_mm256_castsi256_ps(seen[v].highest), by));
            most = _mm256_max_epi32(most, seen[v].highest);
            least = _mm256_max_epu32(least, seen[v].lowest);
        }
    }
    *lowest = reduced(low, [](float a, float b) { return a < b ? a : b; });
    *highest = reduced(high, [](float a, float b) { return a > b ? a : b; });
    // The sign bit of `least` is set in every lane, so a signed comparison orders it as an unsigned one would.
    const __m256i above = _mm256_cmpgt_epi32(most, _mm256_castps_si256(_mm256_set1_ps(kLargest)));
    const __m256i below = _mm256_cmpgt_epi32(least, _mm256_castps_si256(_mm256_set1_ps(-kLargest)));
    return _mm256_testz_si256(_mm256_or_si256(above, below), _mm256_or_si256(above, below));
}

// Sixteen levels as 16-bit integers in order, not yet clamped.
inline __m256i sixteen_levels(const float* x, const float* multiplier, __m256 slope, __m256i zero) {
    __m256i half[2];
    for (int h = 0; h < 2; ++h) {
        const __m256 value = _mm256_loadu_ps(x + 8 * h);
        const __m256 leaky = _mm256_max_ps(value, _mm256_mul_ps(value, slope));
        const __m256 scaled = _mm256_mul_ps(leaky, _mm256_loadu_ps(multiplier + 8 * h));
        half[h] = _mm256_add_epi32(_mm256_cvtps_epi32(scaled), zero);
    }
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(half[0], half[1]), _MM_SHUFFLE(3, 1, 2, 0));
}

}  // namespace
}  // namespace edge
