// AVX2 and FMA on primes p below 2^50: four words a vector, each an integer that a double holds.
//
// Doubles hold every integer up to 2^53. Words here are integers x with |x| <= B p for a bound B
// that each routine names; they stand for their residues modulo p and may be negative. All sums and
// differences of them stay below 2^53, so they are exact. Files that include this are compiled with
// -ffp-contract=off: a product and a sum that the compiler made one operation would round otherwise.
#pragma once

#if defined(__x86_64__)

#include "avx2.h"

namespace cipherstream::doubles {

// A double in [2^52, 2^53) has its integer in its low 52 bits.
constexpr double kTwo52 = 4503599627370496.0;
// x + 1.5 * 2^52 is x rounded to an integer, for |x| <= 2^51.
constexpr double kRounds = 1.5 * kTwo52;

CIPHERSTREAM_AVX2_INLINE __m256d load(const std::uint64_t *words) { return _mm256_castsi256_pd(avx2::load(words)); }

CIPHERSTREAM_AVX2_INLINE void store(std::uint64_t *words, __m256d x) { avx2::store(words, _mm256_castpd_si256(x)); }

// Words below 2^52 to doubles and back.
CIPHERSTREAM_AVX2_INLINE __m256d from_words(__m256i words) {
  const __m256d two52 = _mm256_set1_pd(kTwo52);
  return _mm256_sub_pd(_mm256_or_pd(_mm256_castsi256_pd(words), two52), two52);
}

CIPHERSTREAM_AVX2_INLINE __m256i to_words(__m256d x) {
  const __m256d two52 = _mm256_set1_pd(kTwo52);
  return _mm256_castpd_si256(_mm256_xor_pd(_mm256_add_pd(x, two52), two52));
}

// A centred factor w, |w| < p/2, and w / p.
struct Factor {
  __m256d word, quotient;
};

// The integer next to w / p for w below p, and w - p where that is shorter.
inline double centred(std::uint64_t word, std::uint64_t p) {
  return word <= p / 2 ? static_cast<double>(word) : -static_cast<double>(p - word);
}

struct Prime {
  __m256d p, inverse, rounds;

  CIPHERSTREAM_AVX2_INLINE explicit Prime(std::uint64_t prime)
      : p(_mm256_set1_pd(static_cast<double>(prime))),
        inverse(_mm256_set1_pd(1 / static_cast<double>(prime))),
        rounds(_mm256_set1_pd(kRounds)) {}

  CIPHERSTREAM_AVX2_INLINE Factor factor(std::uint64_t word, std::uint64_t prime) const {
    const double w = centred(word, prime);
    return {_mm256_set1_pd(w), _mm256_set1_pd(w / static_cast<double>(prime))};
  }

  // x w modulo p, for |x| <= B p with B p <= 2^52: at most p (1/2 + B p 2^-54).
  //
  // high + low = x w exactly, since an FMA rounds once. |x w / p| <= B p / 2 <= 2^51, so quotient is
  // the integer next to x * w.quotient, which is off x w / p by at most |x w / p| 2^-53 <= B p 2^-54:
  // that is the bound. high - quotient p is an integer, the result less low; |low| <= 2^47 as
  // |high| <= 2^101: below 2^53, so both last operations are exact.
  CIPHERSTREAM_AVX2_INLINE __m256d times(__m256d x, const Factor &w) const {
    const __m256d high = _mm256_mul_pd(x, w.word);
    const __m256d quotient = _mm256_sub_pd(_mm256_fmadd_pd(x, w.quotient, rounds), rounds);
    const __m256d low = _mm256_fmsub_pd(x, w.word, high);
    return _mm256_add_pd(_mm256_fnmadd_pd(quotient, p, high), low);
  }

  // x modulo p, for |x| < 2^53: at most p/2 + 1.
  CIPHERSTREAM_AVX2_INLINE __m256d reduced(__m256d x) const {
    const __m256d quotient = _mm256_sub_pd(_mm256_fmadd_pd(x, inverse, rounds), rounds);
    return _mm256_fnmadd_pd(quotient, p, x);
  }

  // The canonical word of |x| < p.
  CIPHERSTREAM_AVX2_INLINE __m256i canonical(__m256d x) const {
    const __m256d negative = _mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_LT_OQ);
    return to_words(_mm256_add_pd(x, _mm256_and_pd(negative, p)));
  }
};

}  // namespace cipherstream::doubles

#endif
