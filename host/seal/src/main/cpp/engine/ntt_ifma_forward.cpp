// Forward transforms: Cooley-Tukey, with Harvey's lazy butterflies.
#include "ntt_ifma_parts.h"

#if defined(__x86_64__)

namespace cipherstream {

using namespace ntt;

namespace {

// Primes for which no butterfly needs to reduce x.
constexpr std::uint64_t kUnguardedBelow = std::uint64_t{1} << 46;

// x modulo q, lazily below 2q, for x < 2^52, perhaps unmasked.
CIPHERSTREAM_IFMA_INLINE __m512i lazily(__m512i x, const Constants &c) {
  const __m512i estimate = _mm512_madd52hi_epu64(_mm512_setzero_si512(), x, c.one_quotient);
  return _mm512_and_si512(_mm512_madd52lo_epu64(x, estimate, c.minus_q), c.mask);
}

// x + w y, x - w y. Guarded, x and y stay below 4q; otherwise they are unmasked and grow by 2q a
// layer, which 16 layers of a prime below 2^46 bear.
template <bool guarded>
CIPHERSTREAM_IFMA_INLINE void forward_butterfly(__m512i &x, __m512i &y, const Spread &w, const Constants &c) {
  const __m512i u = guarded ? subtract_once(x, c.q2) : x;
  const __m512i v = guarded ? times(y, w, c) : times_unmasked(y, w, c);
  x = _mm512_add_epi64(u, v);
  y = _mm512_sub_epi64(_mm512_add_epi64(u, c.q2), v);
}

// Even and odd lanes of 16 words to the words in order.
CIPHERSTREAM_IFMA_INLINE void interleave(__m512i &even, __m512i &odd) {
  const __m512i low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  const __m512i x = _mm512_permutex2var_epi64(even, low, odd);
  odd = _mm512_permutex2var_epi64(even, high, odd);
  even = x;
}

// What is done to words when a forward transform first reads them.
enum class Input { below_4q, below_2_52 };
// What is done to words when it writes them for good.
enum class Output { below_4q, canonical };

// The layers of 4, 2 and 1 neighbours of 16 words, block `block` of degree / 16.
template <bool guarded>
CIPHERSTREAM_IFMA_INLINE void forward_sixteen(__m512i &a, __m512i &b, const Roots &r, std::size_t block,
                                              const Constants &c) {
  const std::size_t at4 = r.degree / 8 + 2 * block, at2 = r.degree / 4 + 4 * block, at1 = r.degree / 2 + 8 * block;
  halves(a, b);
  forward_butterfly<guarded>(a, b, {two_by_four(r.roots + at4), two_by_four(r.quotients + at4)}, c);
  pairs(a, b);
  forward_butterfly<guarded>(a, b, {four_by_two(r.roots + at2), four_by_two(r.quotients + at2)}, c);
  singles(a, b);
  forward_butterfly<guarded>(a, b, {load(r.roots + at1), load(r.quotients + at1)}, c);
  interleave(a, b);
}

template <bool guarded, Output output>
CIPHERSTREAM_IFMA_INLINE void put(std::uint64_t *to, __m512i value, const Constants &c) {
  if (!guarded) {
    value = lazily(value, c);
  } else if (output == Output::canonical) {
    value = subtract_once(value, c.q2);
  }
  store(to, output == Output::canonical ? subtract_once(value, c.q) : value);
}

template <Input input>
CIPHERSTREAM_IFMA_INLINE __m512i get(const std::uint64_t *from, __m512i constant, const Constants &c) {
  const __m512i value = load(from);
  return input == Input::below_4q ? value : _mm512_add_epi64(lazily(value, c), constant);
}

// One layer: block `block` of `blocks`, `length` words.
template <bool guarded, Input input>
CIPHERSTREAM_IFMA_INLINE void forward_one_layer(const std::uint64_t *from, std::uint64_t *to, std::size_t length,
                                                const Roots &r, std::size_t at, __m512i constant, const Constants &c) {
  const std::size_t half = length / 2;
  const Spread w = one(r, at);
  for (std::size_t j = 0; j < half; j += 8) {
    __m512i x = get<input>(from + j, constant, c), y = get<input>(from + half + j, constant, c);
    forward_butterfly<guarded>(x, y, w, c);
    store(to + j, x);
    store(to + half + j, y);
  }
}

// Two layers of the block whose root has index `at`.
template <bool guarded, Input input>
CIPHERSTREAM_IFMA_INLINE void forward_two_layers(const std::uint64_t *from, std::uint64_t *to, std::size_t length,
                                                 const Roots &r, std::size_t at, __m512i constant, const Constants &c) {
  const std::size_t quarter = length / 4;
  const Spread w = one(r, at), w0 = one(r, 2 * at), w1 = one(r, 2 * at + 1);
  for (std::size_t j = 0; j < quarter; j += 8) {
    __m512i x0 = get<input>(from + j, constant, c);
    __m512i x1 = get<input>(from + quarter + j, constant, c);
    __m512i x2 = get<input>(from + 2 * quarter + j, constant, c);
    __m512i x3 = get<input>(from + 3 * quarter + j, constant, c);
    forward_butterfly<guarded>(x0, x2, w, c);
    forward_butterfly<guarded>(x1, x3, w, c);
    forward_butterfly<guarded>(x0, x1, w0, c);
    forward_butterfly<guarded>(x2, x3, w1, c);
    store(to + j, x0);
    store(to + quarter + j, x1);
    store(to + 2 * quarter + j, x2);
    store(to + 3 * quarter + j, x3);
  }
}

// All layers of a block of 32 * 4^i words, in place.
template <bool guarded, Output output>
CIPHERSTREAM_IFMA void forward_block(std::uint64_t *words, std::size_t length, const Roots &r, std::size_t at,
                                     std::uint64_t q) {
  const Constants c = constants(q);
  const __m512i none = _mm512_setzero_si512();
  if (length > kCachedWords) {
    forward_two_layers<guarded, Input::below_4q>(words, words, length, r, at, none, c);
    for (std::size_t i = 0; i < 4; i++) {
      forward_block<guarded, output>(words + i * (length / 4), length / 4, r, 4 * at + i, q);
    }
    return;
  }
  std::size_t count = 1;
  for (std::size_t part = length; part > 32; part /= 4, count *= 4) {
    for (std::size_t i = 0; i < count; i++) {
      forward_two_layers<guarded, Input::below_4q>(words + i * part, words + i * part, part, r, count * at + i, none,
                                                   c);
    }
  }
  for (std::size_t i = 0; i < count; i++) {
    const std::size_t root = count * at + i, block = 2 * (root - r.degree / 32);
    std::uint64_t *const x = words + 32 * i;
    __m512i x0 = load(x), x1 = load(x + 8), x2 = load(x + 16), x3 = load(x + 24);
    const Spread w = one(r, root), w0 = one(r, 2 * root), w1 = one(r, 2 * root + 1);
    forward_butterfly<guarded>(x0, x2, w, c);
    forward_butterfly<guarded>(x1, x3, w, c);
    forward_butterfly<guarded>(x0, x1, w0, c);
    forward_butterfly<guarded>(x2, x3, w1, c);
    forward_sixteen<guarded>(x0, x1, r, block, c);
    forward_sixteen<guarded>(x2, x3, r, block + 1, c);
    put<guarded, output>(x, x0, c);
    put<guarded, output>(x + 8, x1, c);
    put<guarded, output>(x + 16, x2, c);
    put<guarded, output>(x + 24, x3, c);
  }
}

template <bool guarded, Input input, Output output>
CIPHERSTREAM_IFMA void forward_all(const std::uint64_t *from, std::uint64_t *to, const Roots &r, std::uint64_t added,
                                   std::uint64_t q) {
  const Constants c = constants(q);
  const __m512i constant = broadcast(added);
  const std::size_t degree = r.degree;
  if (degree == 16) {
    __m512i a = get<input>(from, constant, c), b = get<input>(from + 8, constant, c);
    forward_butterfly<guarded>(a, b, one(r, 1), c);
    forward_sixteen<guarded>(a, b, r, 0, c);
    put<guarded, output>(to, a, c);
    put<guarded, output>(to + 8, b, c);
  } else if (degree == 32) {
    for (std::size_t k = 0; k < degree; k += 8) {
      store(to + k, get<input>(from + k, constant, c));
    }
    forward_block<guarded, output>(to, degree, r, 1, q);
  } else if ((__builtin_ctzll(degree) & 1) == 0) {
    forward_one_layer<guarded, input>(from, to, degree, r, 1, constant, c);
    forward_block<guarded, output>(to, degree / 2, r, 2, q);
    forward_block<guarded, output>(to + degree / 2, degree / 2, r, 3, q);
  } else {
    forward_two_layers<guarded, input>(from, to, degree, r, 1, constant, c);
    for (std::size_t i = 0; i < 4; i++) {
      forward_block<guarded, output>(to + i * (degree / 4), degree / 4, r, 4 + i, q);
    }
  }
}

template <Input input, Output output>
CIPHERSTREAM_IFMA_INLINE void forward_any(const std::uint64_t *from, std::uint64_t *to, const Roots &r,
                                          std::uint64_t added, std::uint64_t q) {
  if (q < kUnguardedBelow) {
    forward_all<false, input, output>(from, to, r, added, q);
  } else {
    forward_all<true, input, output>(from, to, r, added, q);
  }
}

}  // namespace

CIPHERSTREAM_IFMA void IfmaNtt::forward_lazy(std::uint64_t *words) const {
  forward_any<Input::below_4q, Output::below_4q>(words, words, {roots_.data(), quotients_.data(), degree_}, 0, q_);
}

CIPHERSTREAM_IFMA void IfmaNtt::forward(const std::uint64_t *from, std::uint64_t *to) const {
  forward_any<Input::below_4q, Output::canonical>(from, to, {roots_.data(), quotients_.data(), degree_}, 0, q_);
}

CIPHERSTREAM_IFMA void IfmaNtt::forward_of_lifted(const std::uint64_t *from, std::uint64_t *to,
                                                  std::uint64_t constant) const {
  forward_of_lifted(from, to, constant, degree_);
}

CIPHERSTREAM_IFMA void IfmaNtt::forward_of_lifted(const std::uint64_t *from, std::uint64_t *to, std::uint64_t constant,
                                                  std::size_t size) const {
  forward_any<Input::below_2_52, Output::canonical>(from, to, {roots_.data(), quotients_.data(), size}, constant, q_);
}

}  // namespace cipherstream

#endif
