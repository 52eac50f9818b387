// out[k] = a(psi^(2 bitrev(k) + 1)): Cooley-Tukey forward, Gentleman-Sande back, Harvey's lazy
// butterflies. Two layers a pass over memory, and the five layers with fewer than 32 neighbours on
// 32 words in registers; depth first until a block fits the first-level cache.
#include "ntt_ifma.h"

#if defined(__x86_64__)

#include <utility>

#include "ifma.h"

namespace cipherstream {

using namespace ifma;

namespace {

// Words of a block whose layers are done one after the other: it fits the first-level cache.
constexpr std::size_t kCachedWords = 1 << 12;
// Primes for which no butterfly needs to reduce x.
constexpr std::uint64_t kUnguardedBelow = std::uint64_t{1} << 46;

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

// What is done to words when a forward transform first reads them.
enum class Input { below_4q, below_2_52 };
// What is done to words when it writes them for good.
enum class Output { below_4q, canonical };

struct Roots {
  const std::uint64_t *roots, *quotients;
  std::size_t degree;
};

CIPHERSTREAM_IFMA_INLINE Spread one(const Roots &r, std::size_t index) {
  return one(r.roots + index, r.quotients + index);
}

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
  forward_any<Input::below_4q, Output::below_4q>(words, words, {roots_.data(), quotients_.data(), degree_}, 0, q_);
}

CIPHERSTREAM_IFMA void IfmaNtt::forward(const std::uint64_t *from, std::uint64_t *to) const {
  forward_any<Input::below_4q, Output::canonical>(from, to, {roots_.data(), quotients_.data(), degree_}, 0, q_);
}

CIPHERSTREAM_IFMA void IfmaNtt::forward_of_lifted(const std::uint64_t *from, std::uint64_t *to,
                                                  std::uint64_t constant) const {
  forward_any<Input::below_2_52, Output::canonical>(from, to, {roots_.data(), quotients_.data(), degree_}, constant,
                                                    q_);
}

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
