// AVX2 on primes below 2^30: four words a vector, each in 64 bits, whose 32-bit products are exact.
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "avx2_tables.h"

#define CIPHERSTREAM_AVX2 __attribute__((target("avx2")))
#define CIPHERSTREAM_AVX2_INLINE __attribute__((target("avx2"), always_inline)) inline

namespace cipherstream::avx2 {

// Words of a vector.
constexpr std::size_t kLanes = 4;

CIPHERSTREAM_AVX2_INLINE __m256i broadcast(std::uint64_t word) {
  return _mm256_set1_epi64x(static_cast<long long>(word));
}

CIPHERSTREAM_AVX2_INLINE __m256i load(const std::uint64_t *words) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(words));
}

CIPHERSTREAM_AVX2_INLINE void store(std::uint64_t *words, __m256i value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(words), value);
}

// x - bound where that is not negative, else x, for x and bound below 2^32.
CIPHERSTREAM_AVX2_INLINE __m256i subtract_once(__m256i x, __m256i bound) {
  return _mm256_min_epu32(x, _mm256_sub_epi32(x, bound));
}

// A factor below q and floor(factor * 2^32 / q), in every lane.
struct Factor {
  __m256i word, quotient;
};

// floor(word * 2^32 / q) for word below q.
inline std::uint32_t quotient32(std::uint64_t word, std::uint64_t q) {
  return static_cast<std::uint32_t>((word << 32) / q);
}

CIPHERSTREAM_AVX2_INLINE Factor factor(std::uint64_t word, std::uint64_t q) {
  return {broadcast(word), broadcast(quotient32(word, q))};
}

// x * factor modulo q, lazily below 2q, for x below 2^32.
CIPHERSTREAM_AVX2_INLINE __m256i times(__m256i x, const Factor &w, __m256i q) {
  const __m256i estimate = _mm256_srli_epi64(_mm256_mul_epu32(x, w.quotient), 32);
  return _mm256_sub_epi64(_mm256_mul_epu32(x, w.word), _mm256_mul_epu32(estimate, q));
}

// LongWords' constants in registers.
struct Reduction {
  __m256i q, q2, mask;
  Factor power, one;  // 2^split and 1
  int split;

  CIPHERSTREAM_AVX2_INLINE explicit Reduction(const LongWords &words)
      : q(broadcast(words.q)),
        q2(broadcast(2 * words.q)),
        mask(broadcast((std::uint64_t{1} << words.split) - 1)),
        power{broadcast(words.power), broadcast(words.power_quotient)},
        one{broadcast(1), broadcast(words.one_quotient)},
        split(words.split) {}

  // Below 2q.
  CIPHERSTREAM_AVX2_INLINE __m256i lazy(__m256i x) const {
    const __m256i high = times(_mm256_srli_epi64(x, split), power, q);
    const __m256i low = times(_mm256_and_si256(x, mask), one, q);
    return subtract_once(_mm256_add_epi64(high, low), q2);
  }

  CIPHERSTREAM_AVX2_INLINE __m256i operator()(__m256i x) const { return subtract_once(lazy(x), q); }
};

}  // namespace cipherstream::avx2

#endif
