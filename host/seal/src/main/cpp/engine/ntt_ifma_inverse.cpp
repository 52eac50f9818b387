// Inverse transforms: Gentleman-Sande, with Harvey's lazy butterflies.
#include "ntt_ifma_parts.h"

#if defined(__x86_64__)

namespace cipherstream {

using namespace ntt;

namespace {

// x + y, w (x - y). Guarded, x and y stay below 2q. Otherwise they are unmasked, below `bound`
// before and twice that after.
template <bool guarded>
CIPHERSTREAM_IFMA_INLINE void inverse_butterfly(__m512i &x, __m512i &y, const Spread &w, __m512i bound,
                                                const Constants &c) {
  const __m512i sum = _mm512_add_epi64(x, y);
  const __m512i difference = _mm512_sub_epi64(_mm512_add_epi64(x, guarded ? c.q2 : bound), y);
  x = guarded ? subtract_once(sum, c.q2) : sum;
  y = guarded ? times(difference, w, c) : times_unmasked(difference, w, c);
}

// The bound after that many layers.
template <bool guarded>
CIPHERSTREAM_IFMA_INLINE __m512i doubled(__m512i bound, int layers) {
  return guarded ? bound : _mm512_slli_epi64(bound, static_cast<unsigned>(layers));
}

// Words in order to even and odd lanes of 16 words.
CIPHERSTREAM_IFMA_INLINE void separate(__m512i &a, __m512i &b) {
  const __m512i low = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
  const __m512i high = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
  const __m512i x = _mm512_permutex2var_epi64(a, low, b);
  b = _mm512_permutex2var_epi64(a, high, b);
  a = x;
}

// The layers of 1, 2 and 4 neighbours of 16 words.
template <bool guarded>
CIPHERSTREAM_IFMA_INLINE void inverse_sixteen(__m512i &a, __m512i &b, const Roots &r, std::size_t block, __m512i bound,
                                              const Constants &c) {
  const std::size_t at4 = r.degree / 8 + 2 * block, at2 = r.degree / 4 + 4 * block, at1 = r.degree / 2 + 8 * block;
  separate(a, b);
  inverse_butterfly<guarded>(a, b, {load(r.roots + at1), load(r.quotients + at1)}, bound, c);
  singles(a, b);
  inverse_butterfly<guarded>(a, b, {four_by_two(r.roots + at2), four_by_two(r.quotients + at2)},
                             doubled<guarded>(bound, 1), c);
  pairs(a, b);
  inverse_butterfly<guarded>(a, b, {two_by_four(r.roots + at4), two_by_four(r.quotients + at4)},
                             doubled<guarded>(bound, 2), c);
  halves(a, b);
}

template <bool guarded>
CIPHERSTREAM_IFMA_INLINE void inverse_two_layers(std::uint64_t *words, std::size_t length, const Roots &r,
                                                 std::size_t at, __m512i bound, const Constants &c) {
  const std::size_t quarter = length / 4;
  const __m512i second = doubled<guarded>(bound, 1);
  const Spread w = one(r, at), w0 = one(r, 2 * at), w1 = one(r, 2 * at + 1);
  for (std::size_t j = 0; j < quarter; j += 8) {
    __m512i x0 = load(words + j), x1 = load(words + quarter + j);
    __m512i x2 = load(words + 2 * quarter + j), x3 = load(words + 3 * quarter + j);
    inverse_butterfly<guarded>(x0, x1, w0, bound, c);
    inverse_butterfly<guarded>(x2, x3, w1, bound, c);
    inverse_butterfly<guarded>(x0, x2, w, second, c);
    inverse_butterfly<guarded>(x1, x3, w, second, c);
    store(words + j, x0);
    store(words + quarter + j, x1);
    store(words + 2 * quarter + j, x2);
    store(words + 3 * quarter + j, x3);
  }
}

// The bound of words that log2(length) layers have been done on, which began below 2q.
template <bool guarded>
CIPHERSTREAM_IFMA_INLINE __m512i bound_after(std::size_t length, const Constants &c) {
  return doubled<guarded>(c.q2, __builtin_ctzll(length));
}

// All layers inside a block of 32 * 4^i words.
template <bool guarded>
CIPHERSTREAM_IFMA void inverse_block(const std::uint64_t *from, std::uint64_t *to, std::size_t length, const Roots &r,
                                     std::size_t at, std::uint64_t q) {
  const Constants c = constants(q);
  if (length > kCachedWords) {
    for (std::size_t i = 0; i < 4; i++) {
      const std::size_t k = i * (length / 4);
      inverse_block<guarded>(from + k, to + k, length / 4, r, 4 * at + i, q);
    }
    inverse_two_layers<guarded>(to, length, r, at, bound_after<guarded>(length / 4, c), c);
    return;
  }
  std::size_t count = length / 32;
  const __m512i bound8 = bound_after<guarded>(8, c), bound16 = bound_after<guarded>(16, c);
  for (std::size_t i = 0; i < count; i++) {
    const std::size_t root = count * at + i, block = 2 * (root - r.degree / 32);
    const std::uint64_t *const x = from + 32 * i;
    __m512i x0 = load(x), x1 = load(x + 8), x2 = load(x + 16), x3 = load(x + 24);
    inverse_sixteen<guarded>(x0, x1, r, block, c.q2, c);
    inverse_sixteen<guarded>(x2, x3, r, block + 1, c.q2, c);
    const Spread w = one(r, root), w0 = one(r, 2 * root), w1 = one(r, 2 * root + 1);
    inverse_butterfly<guarded>(x0, x1, w0, bound8, c);
    inverse_butterfly<guarded>(x2, x3, w1, bound8, c);
    inverse_butterfly<guarded>(x0, x2, w, bound16, c);
    inverse_butterfly<guarded>(x1, x3, w, bound16, c);
    store(to + 32 * i, x0);
    store(to + 32 * i + 8, x1);
    store(to + 32 * i + 16, x2);
    store(to + 32 * i + 24, x3);
  }
  for (std::size_t part = 128; part <= length; part *= 4) {
    const __m512i bound = bound_after<guarded>(part / 4, c);
    count /= 4;
    for (std::size_t i = 0; i < count; i++) {
      inverse_two_layers<guarded>(to + i * part, part, r, count * at + i, bound, c);
    }
  }
}

// The factor 1/N and what is left to do of the reduction, in the last layer.
struct Last {
  Spread sum, difference;  // 1/N, w/N
};

CIPHERSTREAM_IFMA_INLINE void last_butterfly(__m512i &x, __m512i &y, const Last &w, __m512i bound, const Constants &c) {
  const __m512i sum = _mm512_add_epi64(x, y);
  const __m512i difference = _mm512_sub_epi64(_mm512_add_epi64(x, bound), y);
  x = subtract_once(times(sum, w.sum, c), c.q);
  y = subtract_once(times(difference, w.difference, c), c.q);
}

template <bool guarded>
CIPHERSTREAM_IFMA void inverse_all(const std::uint64_t *from, std::uint64_t *to, const Roots &r, const Last &w,
                                   std::uint64_t q) {
  const Constants c = constants(q);
  const std::size_t degree = r.degree;
  const __m512i last = bound_after<guarded>(degree / 2, c);
  if (degree == 16) {
    __m512i a = load(from), b = load(from + 8);
    inverse_sixteen<guarded>(a, b, r, 0, c.q2, c);
    last_butterfly(a, b, w, last, c);
    store(to, a);
    store(to + 8, b);
  } else if (degree == 32) {
    inverse_block<guarded>(from, to, 32, r, 1, q);
    for (std::size_t k = 0; k < degree; k += 8) {
      store(to + k, subtract_once(times(load(to + k), w.sum, c), c.q));
    }
  } else if ((__builtin_ctzll(degree) & 1) == 0) {
    const std::size_t half = degree / 2;
    inverse_block<guarded>(from, to, half, r, 2, q);
    inverse_block<guarded>(from + half, to + half, half, r, 3, q);
    for (std::size_t j = 0; j < half; j += 8) {
      __m512i x = load(to + j), y = load(to + half + j);
      last_butterfly(x, y, w, last, c);
      store(to + j, x);
      store(to + half + j, y);
    }
  } else {
    const std::size_t quarter = degree / 4;
    for (std::size_t i = 0; i < 4; i++) {
      inverse_block<guarded>(from + i * quarter, to + i * quarter, quarter, r, 4 + i, q);
    }
    const Spread w0 = one(r, 2), w1 = one(r, 3);
    const __m512i bound = bound_after<guarded>(quarter, c);
    for (std::size_t j = 0; j < quarter; j += 8) {
      __m512i x0 = load(to + j), x1 = load(to + quarter + j);
      __m512i x2 = load(to + 2 * quarter + j), x3 = load(to + 3 * quarter + j);
      inverse_butterfly<guarded>(x0, x1, w0, bound, c);
      inverse_butterfly<guarded>(x2, x3, w1, bound, c);
      last_butterfly(x0, x2, w, last, c);
      last_butterfly(x1, x3, w, last, c);
      store(to + j, x0);
      store(to + quarter + j, x1);
      store(to + 2 * quarter + j, x2);
      store(to + 3 * quarter + j, x3);
    }
  }
}

}  // namespace

CIPHERSTREAM_IFMA void IfmaNtt::inverse(const std::uint64_t *from, std::uint64_t *to) const {
  const Roots r = {inverse_roots_.data(), inverse_quotients_.data(), degree_};
  const std::uint64_t last_root = multiply(inverse_roots_[1], degree_inverse_, q_);
  const Last w = {{broadcast(degree_inverse_), broadcast(quotient52(degree_inverse_, q_))},
                  {broadcast(last_root), broadcast(quotient52(last_root, q_))}};
  if (q_ <= (kLow52 >> 1) / degree_) {  // 2q doubles in each layer and stays below 2^52
    inverse_all<false>(from, to, r, w, q_);
  } else {
    inverse_all<true>(from, to, r, w, q_);
  }
}

}  // namespace cipherstream

#endif
