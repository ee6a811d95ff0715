// AVX-512 with VNNI: 64 products an instruction. Servers since 2019, Zen 4.
#if defined(__x86_64__)
#include <immintrin.h>

#include "path.h"
#include "scheme.h"

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")

#include "broadcast.h"
#include "float_product.h"

namespace edge {
namespace {

struct Avx512Vnni {
    using Sums = __m512i;
    using Weights = __m512i;
    static constexpr int kLanes = 16;
    static constexpr int kVectorBytes = 64;
    static constexpr int kRowsAlone = 16;
    static constexpr int kRowsPaired = 13;

    static Sums zero() { return _mm512_setzero_si512(); }
    static Weights load(const int8_t* weights) { return _mm512_loadu_si512(weights); }
    static __m512i broadcast(const char* levels) {
        return _mm512_set1_epi32(*reinterpret_cast<const int32_t*>(levels));
    }
    static Sums dot(Sums sums, __m512i levels, Weights weights) { return _mm512_dpbusd_epi32(sums, levels, weights); }

    static __m512i shift(const int32_t* sum, int32_t zero) {
        return _mm512_mullo_epi32(_mm512_loadu_si512(sum), _mm512_set1_epi32(zero));
    }
    static __m512 scaled(const float* weight_scale, float scale) {
        return _mm512_mul_ps(floats(weight_scale), _mm512_set1_ps(scale));
    }
    static __m512 floats(const float* from) { return _mm512_loadu_ps(from); }
    static __m512 add(__m512 a, __m512 b) { return _mm512_add_ps(a, b); }
    static __m512 scaled_difference(Sums sums, __m512i shift, __m512 scale) {
        return _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_sub_epi32(sums, shift)), scale);
    }
    static void store(float* to, __m512 value) { _mm512_storeu_ps(to, value); }
    static void spill(int32_t* to, Sums sums) { _mm512_storeu_si512(to, sums); }
};

struct Floats {
    using Vector = __m512;
    static constexpr int kLanes = 16;
    static constexpr int kVectors = 2;
    // Thirty-two registers: twenty-four sums and two weights; rows come from memory.
    static constexpr int kRows = 12;

    static Vector zero() { return _mm512_setzero_ps(); }
    static Vector load(const float* from) { return _mm512_loadu_ps(from); }
    static Vector widened(const float* weights) { return load(weights); }
    static Vector widened(const int8_t* levels) {
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(levels))));
    }
    static Vector widened(const int16_t* levels) {
        return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(levels))));
    }
    static Vector broadcast(const float* from) { return _mm512_set1_ps(*from); }
    static Vector fused(Vector sum, Vector a, Vector b) { return _mm512_fmadd_ps(a, b, sum); }
    static Vector scaled(Vector sum, Vector scale, Vector bias) { return _mm512_add_ps(_mm512_mul_ps(sum, scale), bias); }
    static void store(float* to, Vector value) { _mm512_storeu_ps(to, value); }
};

// As integers, positive floats are in order and so are, unsigned, the magnitudes of negative ones; NaN and infinity
// come last in both, so two integer maxima give the range and show whatever is not finite.
struct Extremes {
    __m512i highest, lowest;

    // Written out: an implicit constructor is not compiled for the pragma's target.
    Extremes() : highest(_mm512_setzero_si512()), lowest(_mm512_set1_epi32(INT32_MIN)) {}
    void meet(const float* x) {
        const __m512i bits = _mm512_loadu_si512(x);
        highest = _mm512_max_epi32(highest, bits);
        lowest = _mm512_max_epu32(lowest, bits);
    }
};

bool range(const float* x, int64_t count, const float* inverse, int64_t period, float slope, float* lowest,
           float* highest) {
    Extremes all;
    __m512 low = _mm512_setzero_ps(), high = _mm512_setzero_ps();
    for (int64_t column = 0; column < period && column < count; column += 64) {
        Extremes seen[4];
        int64_t i = column;
        for (; i + 64 <= count; i += period) {
            for (int v = 0; v < 4; ++v) seen[v].meet(x + i + 16 * v);
        }
        for (int v = 0; v < 4 && i + 16 * v < count; ++v) seen[v].meet(x + i + 16 * v);
        for (int v = 0; v < 4; ++v) {
            const __m512 by = _mm512_loadu_ps(inverse + column + 16 * v);
            const __m512 negative = _mm512_mul_ps(_mm512_castsi512_ps(seen[v].lowest), _mm512_set1_ps(slope));
            low = _mm512_min_ps(low, _mm512_mul_ps(negative, by));
            high = _mm512_max_ps(high, _mm512_mul_ps(_mm512_castsi512_ps(seen[v].highest), by));
            all.highest = _mm512_max_epi32(all.highest, seen[v].highest);
            all.lowest = _mm512_max_epu32(all.lowest, seen[v].lowest);
        }
    }
    *lowest = _mm512_reduce_min_ps(low);
    *highest = _mm512_reduce_max_ps(high);
    const __m512i largest = _mm512_castps_si512(_mm512_set1_ps(kLargest));
    const __m512i most_negative = _mm512_castps_si512(_mm512_set1_ps(-kLargest));
    return !(_mm512_cmpgt_epi32_mask(all.highest, largest) | _mm512_cmpgt_epu32_mask(all.lowest, most_negative));
}

inline __m512i level(const float* x, const float* multiplier, __m512 slope, __m512i zero) {
    const __m512 value = _mm512_loadu_ps(x);
    const __m512 leaky = _mm512_max_ps(value, _mm512_mul_ps(value, slope));
    return _mm512_add_epi32(_mm512_cvtps_epi32(_mm512_mul_ps(leaky, _mm512_loadu_ps(multiplier))), zero);
}

void quantise(const float* x, int64_t count, const float* multiplier, int64_t period, float slope, int32_t zero,
              void* tile) {
    const __m512 slopes = _mm512_set1_ps(slope);
    const __m512i zeros = _mm512_set1_epi32(zero);
    // Packing works within 128-bit lanes and leaves the sixteen groups of four bytes transposed.
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    auto* to = static_cast<uint8_t*>(tile);
    int64_t i = 0, column = 0;
    for (; i + 64 <= count; i += 64) {
        const float* by = multiplier + column;
        const __m512i first = _mm512_packs_epi32(level(x + i, by, slopes, zeros), level(x + i + 16, by + 16, slopes, zeros));
        const __m512i second =
            _mm512_packs_epi32(level(x + i + 32, by + 32, slopes, zeros), level(x + i + 48, by + 48, slopes, zeros));
        _mm512_storeu_si512(to + i, _mm512_permutexvar_epi32(order, _mm512_packus_epi16(first, second)));
        column = column + 64 == period ? 0 : column + 64;
    }
    for (; i < count; i += 16, column += 16) {
        const __m512i levels = _mm512_max_epi32(level(x + i, multiplier + column, slopes, zeros), _mm512_setzero_si512());
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm512_cvtusepi32_epi8(levels));
    }
}

bool runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

}  // namespace

extern const Path avx512vnni_path;
const Path avx512vnni_path{
    "avx512vnni", runs_here, {16, 4, 4, 1, 0}, {range, quantise}, multiply_broadcast<Avx512Vnni>,
    multiply_floats<Floats>};

}  // namespace edge
#pragma GCC pop_options
#endif
