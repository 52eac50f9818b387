// out[k] = a(psi^(2 bitrev(k) + 1)): Cooley-Tukey forward, Gentleman-Sande back, Harvey's lazy
// butterflies. The three layers with fewer than 8 neighbours are done on 16 words in registers.
#include "ntt_ifma.h"

#if defined(__x86_64__)

#include <utility>

#include "ifma.h"

namespace cipherstream {

using namespace ifma;

namespace {

std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t q) {
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(a) * b % q);
}

std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t q) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) {
      result = multiply(result, base, q);
    }
    base = multiply(base, base, q);
  }
  return result;
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

// x, y below 4q: x + w y, x - w y below 4q.
CIPHERSTREAM_IFMA_INLINE void forward_butterfly(__m512i &x, __m512i &y, const Spread &w, __m512i q,
                                                __m512i q2) {
  const __m512i u = subtract_once(x, q2);
  const __m512i v = multiply_lazy(y, w.root, w.quotient, q);
  x = _mm512_add_epi64(u, v);
  y = _mm512_add_epi64(u, _mm512_sub_epi64(q2, v));
}

// x, y below 2q: x + y, w (x - y) below 2q.
CIPHERSTREAM_IFMA_INLINE void inverse_butterfly(__m512i &x, __m512i &y, const Spread &w, __m512i q,
                                                __m512i q2) {
  const __m512i sum = _mm512_add_epi64(x, y);
  const __m512i difference = _mm512_add_epi64(x, _mm512_sub_epi64(q2, y));
  x = subtract_once(sum, q2);
  y = multiply_lazy(difference, w.root, w.quotient, q);
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

// Even and odd lanes of 16 words to the words in order, and back.
CIPHERSTREAM_IFMA_INLINE void interleave(__m512i &even, __m512i &odd) {
  const __m512i low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  const __m512i x = _mm512_permutex2var_epi64(even, low, odd);
  odd = _mm512_permutex2var_epi64(even, high, odd);
  even = x;
}

CIPHERSTREAM_IFMA_INLINE void separate(__m512i &a, __m512i &b) {
  const __m512i low = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
  const __m512i high = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
  const __m512i x = _mm512_permutex2var_epi64(a, low, b);
  b = _mm512_permutex2var_epi64(a, high, b);
  a = x;
}

}  // namespace

IfmaNtt::IfmaNtt(std::size_t degree, std::uint64_t q, std::uint64_t psi)
    : degree_(degree),
      q_(q),
      degree_inverse_(power(degree % q, q - 2, q)),
      roots_(degree),
      quotients_(degree),
      inverse_roots_(degree),
      inverse_quotients_(degree) {
  const std::uint64_t psi_inverse = power(psi, q - 2, q);
  std::uint64_t root = 1, inverse = 1;
  for (std::size_t i = 0; i < degree; i++) {
    std::size_t k = 0;
    for (std::size_t bit = 1, back = degree >> 1; bit < degree; bit <<= 1, back >>= 1) {
      k |= (i & bit) != 0 ? back : 0;
    }
    roots_[k] = root;
    quotients_[k] = quotient52(root, q);
    inverse_roots_[k] = inverse;
    inverse_quotients_[k] = quotient52(inverse, q);
    root = multiply(root, psi, q);
    inverse = multiply(inverse, psi_inverse, q);
  }
}

CIPHERSTREAM_IFMA void IfmaNtt::forward_lazy(std::uint64_t *words) const {
  const __m512i q = broadcast(q_), q2 = broadcast(2 * q_);
  const std::uint64_t *roots = roots_.data(), *quotients = quotients_.data();
  std::size_t blocks = 1;
  for (std::size_t t = degree_ / 2; t >= 8; t /= 2, blocks *= 2) {
    for (std::size_t block = 0; block < blocks; block++) {
      const Spread w = one(roots + blocks + block, quotients + blocks + block);
      std::uint64_t *x = words + 2 * t * block, *y = x + t;
      for (std::size_t j = 0; j < t; j += 8) {
        __m512i a = load(x + j), b = load(y + j);
        forward_butterfly(a, b, w, q, q2);
        store(x + j, a);
        store(y + j, b);
      }
    }
  }
  for (std::size_t k = 0; k < degree_; k += 16) {
    const std::size_t at4 = degree_ / 8 + k / 8, at2 = degree_ / 4 + k / 4,
                      at1 = degree_ / 2 + k / 2;
    __m512i a = load(words + k), b = load(words + k + 8);
    halves(a, b);
    forward_butterfly(a, b, {two_by_four(roots + at4), two_by_four(quotients + at4)}, q, q2);
    pairs(a, b);
    forward_butterfly(a, b, {four_by_two(roots + at2), four_by_two(quotients + at2)}, q, q2);
    singles(a, b);
    forward_butterfly(a, b, {load(roots + at1), load(quotients + at1)}, q, q2);
    interleave(a, b);
    store(words + k, a);
    store(words + k + 8, b);
  }
}

CIPHERSTREAM_IFMA void IfmaNtt::inverse(std::uint64_t *words) const {
  const __m512i q = broadcast(q_), q2 = broadcast(2 * q_);
  const std::uint64_t *roots = inverse_roots_.data(), *quotients = inverse_quotients_.data();
  for (std::size_t k = 0; k < degree_; k += 16) {
    const std::size_t at4 = degree_ / 8 + k / 8, at2 = degree_ / 4 + k / 4,
                      at1 = degree_ / 2 + k / 2;
    __m512i a = load(words + k), b = load(words + k + 8);
    separate(a, b);
    inverse_butterfly(a, b, {load(roots + at1), load(quotients + at1)}, q, q2);
    singles(a, b);
    inverse_butterfly(a, b, {four_by_two(roots + at2), four_by_two(quotients + at2)}, q, q2);
    pairs(a, b);
    inverse_butterfly(a, b, {two_by_four(roots + at4), two_by_four(quotients + at4)}, q, q2);
    halves(a, b);
    store(words + k, a);
    store(words + k + 8, b);
  }
  for (std::size_t t = 8, blocks = degree_ / 16; t < degree_; t *= 2, blocks /= 2) {
    for (std::size_t block = 0; block < blocks; block++) {
      const Spread w = one(roots + blocks + block, quotients + blocks + block);
      std::uint64_t *x = words + 2 * t * block, *y = x + t;
      for (std::size_t j = 0; j < t; j += 8) {
        __m512i a = load(x + j), b = load(y + j);
        inverse_butterfly(a, b, w, q, q2);
        store(x + j, a);
        store(y + j, b);
      }
    }
  }
  const __m512i factor = broadcast(degree_inverse_);
  const __m512i quotient = broadcast(quotient52(degree_inverse_, q_));
  for (std::size_t k = 0; k < degree_; k += 8) {
    store(words + k, subtract_once(multiply_lazy(load(words + k), factor, quotient, q), q));
  }
}

}  // namespace cipherstream

#endif
