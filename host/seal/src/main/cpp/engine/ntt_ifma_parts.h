// What the transforms of both directions share: arithmetic modulo q on eight lanes, roots, and lane
// orders.
#pragma once

#include "ntt_ifma.h"

#if defined(__x86_64__)

#include "ifma.h"

namespace cipherstream::ntt {

using namespace ifma;

// Words of a block whose layers are done one after the other: it fits the first-level cache.
constexpr std::size_t kCachedWords = 1 << 12;

inline std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t q) {
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(a) * b % q);
}

// Root tables of `count` blocks from block m on, spread over the lanes of their words.
struct Spread {
  __m512i root, quotient;
};

CIPHERSTREAM_IFMA_INLINE Spread one(const std::uint64_t *roots, const std::uint64_t *quotients) {
  return {broadcast(*roots), broadcast(*quotients)};
}

CIPHERSTREAM_IFMA_INLINE __m512i two_by_four(const std::uint64_t *words) {
  const __m512i index = _mm512_setr_epi64(0, 0, 0, 0, 1, 1, 1, 1);
  const __m128i pair = _mm_loadu_si128(reinterpret_cast<const __m128i *>(words));
  return _mm512_permutexvar_epi64(index, _mm512_castsi128_si512(pair));
}

CIPHERSTREAM_IFMA_INLINE __m512i four_by_two(const std::uint64_t *words) {
  const __m512i index = _mm512_setr_epi64(0, 0, 1, 1, 2, 2, 3, 3);
  const __m256i four = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(words));
  return _mm512_permutexvar_epi64(index, _mm512_castsi256_si512(four));
}

// IFMA multiplies the low 52 bits of its operands, so a word is as good as any that agrees with it
// there; only comparisons want the bits above to be zero. "Unmasked" words may have others.

// Constants of a transform in registers.
struct Constants {
  __m512i q, q2, minus_q, mask, one_quotient;
};

CIPHERSTREAM_IFMA_INLINE Constants constants(std::uint64_t q) {
  return {broadcast(q), broadcast(2 * q), broadcast((kLow52 + 1) - q), broadcast(kLow52), broadcast(quotient52(1, q))};
}

// y * root modulo q, lazily below 2q and unmasked, for y < 2^52, perhaps unmasked.
CIPHERSTREAM_IFMA_INLINE __m512i times_unmasked(__m512i y, const Spread &w, const Constants &c) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i estimate = _mm512_madd52hi_epu64(zero, y, w.quotient);
  const __m512i product = _mm512_madd52lo_epu64(zero, y, w.root);
  return _mm512_madd52lo_epu64(product, estimate, c.minus_q);
}

CIPHERSTREAM_IFMA_INLINE __m512i times(__m512i y, const Spread &w, const Constants &c) {
  return _mm512_and_si512(times_unmasked(y, w, c), c.mask);
}

struct Roots {
  const std::uint64_t *roots, *quotients;
  std::size_t degree;
};

CIPHERSTREAM_IFMA_INLINE Spread one(const Roots &r, std::size_t index) {
  return one(r.roots + index, r.quotients + index);
}

// Lane pickers between the orders of neighbouring layers; each pair is its own inverse.
CIPHERSTREAM_IFMA_INLINE void halves(__m512i &a, __m512i &b) {
  const __m512i low = _mm512_setr_epi64(0, 1, 2, 3, 8, 9, 10, 11);
  const __m512i high = _mm512_setr_epi64(4, 5, 6, 7, 12, 13, 14, 15);
  const __m512i x = _mm512_permutex2var_epi64(a, low, b);
  b = _mm512_permutex2var_epi64(a, high, b);
  a = x;
}

CIPHERSTREAM_IFMA_INLINE void pairs(__m512i &a, __m512i &b) {
  const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const __m512i high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  const __m512i x = _mm512_permutex2var_epi64(a, low, b);
  b = _mm512_permutex2var_epi64(a, high, b);
  a = x;
}

CIPHERSTREAM_IFMA_INLINE void singles(__m512i &a, __m512i &b) {
  const __m512i low = _mm512_setr_epi64(0, 8, 2, 10, 4, 12, 6, 14);
  const __m512i high = _mm512_setr_epi64(1, 9, 3, 11, 5, 13, 7, 15);
  const __m512i x = _mm512_permutex2var_epi64(a, low, b);
  b = _mm512_permutex2var_epi64(a, high, b);
  a = x;
}

}  // namespace cipherstream::ntt

#endif
