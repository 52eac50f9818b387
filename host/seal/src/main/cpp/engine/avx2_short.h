// AVX2 on primes below 2^30: four words a vector, each in 64 bits, whose 32-bit products are exact.
#pragma once

#if defined(__x86_64__)

#include "avx2.h"
#include "avx2_tables.h"

namespace cipherstream::avx2 {

// x - bound where that is not negative, else x, for x and bound below 2^32.
CIPHERSTREAM_AVX2_INLINE __m256i subtract_once(__m256i x, __m256i bound) {
  return _mm256_min_epu32(x, _mm256_sub_epi32(x, bound));
}

// A factor below q and floor(factor * 2^32 / q), in every lane.
struct Factor {
  __m256i word, quotient;
};

// x * factor modulo q, lazily below 2q, for x below 2^32.
CIPHERSTREAM_AVX2_INLINE __m256i times(__m256i x, const Factor &w, __m256i q) {
  const __m256i estimate = _mm256_srli_epi64(_mm256_mul_epu32(x, w.quotient), 32);
  return _mm256_sub_epi64(_mm256_mul_epu32(x, w.word), _mm256_mul_epu32(estimate, q));
}

// LongWords' constants in registers.
struct Reduction {
  __m256i q, q2, mask;
  Factor power, one;  // 2^32 and 1

  CIPHERSTREAM_AVX2_INLINE explicit Reduction(const LongWords &words)
      : q(broadcast(words.q)),
        q2(broadcast(2 * words.q)),
        mask(broadcast(0xffffffff)),
        power{broadcast(words.power), broadcast(words.power_quotient)},
        one{broadcast(1), broadcast(words.one_quotient)} {}

  CIPHERSTREAM_AVX2_INLINE __m256i operator()(__m256i x) const {
    const __m256i high = times(_mm256_srli_epi64(x, 32), power, q);
    const __m256i low = times(_mm256_and_si256(x, mask), one, q);
    return subtract_once(subtract_once(_mm256_add_epi64(high, low), q2), q);
  }
};

}  // namespace cipherstream::avx2

#endif
