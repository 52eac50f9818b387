// Cooley-Tukey forward, Gentleman-Sande back, Harvey's lazy butterflies: two layers a pass over
// memory, and the three layers with fewer than eight neighbours on eight words in registers.
#include "ntt_avx2.h"

#if defined(__x86_64__)

#include "avx2.h"
#include "seal/util/common.h"
#include "seal/util/uintarithsmallmod.h"

namespace cipherstream {

using namespace avx2;

namespace {

// Words of the last three layers' blocks.
constexpr std::size_t kTail = 8;

std::uint64_t inverse_of(std::uint64_t word, std::uint64_t q) {
  return seal::util::exponentiate_uint_mod(word, q - 2, seal::Modulus(q));
}

struct Tables {
  const std::uint32_t *roots, *quotients;
};

CIPHERSTREAM_AVX2_INLINE Factor one(const Tables &t, std::size_t k) {
  return {broadcast(t.roots[k]), broadcast(t.quotients[k])};
}

// Roots k and k + 1, each in two lanes.
CIPHERSTREAM_AVX2_INLINE __m256i two_by_two(const std::uint32_t *words) {
  const __m256i pair = _mm256_cvtepu32_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(words)));
  return _mm256_permute4x64_epi64(pair, 0x50);
}

CIPHERSTREAM_AVX2_INLINE Factor two(const Tables &t, std::size_t k) {
  return {two_by_two(t.roots + k), two_by_two(t.quotients + k)};
}

CIPHERSTREAM_AVX2_INLINE __m256i four_by_one(const std::uint32_t *words) {
  return _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i *>(words)));
}

CIPHERSTREAM_AVX2_INLINE Factor four(const Tables &t, std::size_t k) {
  return {four_by_one(t.roots + k), four_by_one(t.quotients + k)};
}

struct Prime {
  __m256i q, q2;
};

// x + w y, x - w y; x and y stay below 4q.
CIPHERSTREAM_AVX2_INLINE void forward_butterfly(__m256i &x, __m256i &y, const Factor &w, const Prime &p) {
  const __m256i u = subtract_once(x, p.q2);
  const __m256i v = times(y, w, p.q);
  x = _mm256_add_epi64(u, v);
  y = _mm256_sub_epi64(_mm256_add_epi64(u, p.q2), v);
}

// x + y, w (x - y); x and y stay below 2q.
CIPHERSTREAM_AVX2_INLINE void inverse_butterfly(__m256i &x, __m256i &y, const Factor &w, const Prime &p) {
  const __m256i sum = _mm256_add_epi64(x, y);
  const __m256i difference = _mm256_sub_epi64(_mm256_add_epi64(x, p.q2), y);
  x = subtract_once(sum, p.q2);
  y = times(difference, w, p.q);
}

// (0 1 2 3)(4 5 6 7) to (0 1 4 5)(2 3 6 7) and back.
CIPHERSTREAM_AVX2_INLINE void halves(__m256i &a, __m256i &b) {
  const __m256i low = _mm256_permute2x128_si256(a, b, 0x20);
  b = _mm256_permute2x128_si256(a, b, 0x31);
  a = low;
}

// (0 1 4 5)(2 3 6 7) to (0 2 4 6)(1 3 5 7) and back.
CIPHERSTREAM_AVX2_INLINE void quarters(__m256i &a, __m256i &b) {
  const __m256i low = _mm256_unpacklo_epi64(a, b);
  b = _mm256_unpackhi_epi64(a, b);
  a = low;
}

// The layer of m blocks of 2 t words.
CIPHERSTREAM_AVX2_INLINE void forward_layer(std::uint64_t *x, std::size_t m, std::size_t t, const Tables &roots,
                                            const Prime &p) {
  for (std::size_t i = 0; i < m; i++) {
    const Factor w = one(roots, m + i);
    std::uint64_t *const block = x + 2 * t * i;
    for (std::size_t j = 0; j < t; j += kLanes) {
      __m256i a = load(block + j), b = load(block + t + j);
      forward_butterfly(a, b, w, p);
      store(block + j, a);
      store(block + t + j, b);
    }
  }
}

// The layers of m blocks of 4 t words and of 2 m blocks of 2 t words.
CIPHERSTREAM_AVX2_INLINE void forward_layers(std::uint64_t *x, std::size_t m, std::size_t t, const Tables &roots,
                                             const Prime &p) {
  for (std::size_t i = 0; i < m; i++) {
    const Factor w = one(roots, m + i), left = one(roots, 2 * (m + i)), right = one(roots, 2 * (m + i) + 1);
    std::uint64_t *const block = x + 4 * t * i;
    for (std::size_t j = 0; j < t; j += kLanes) {
      __m256i a = load(block + j), b = load(block + t + j), c = load(block + 2 * t + j), d = load(block + 3 * t + j);
      forward_butterfly(a, c, w, p);
      forward_butterfly(b, d, w, p);
      forward_butterfly(a, b, left, p);
      forward_butterfly(c, d, right, p);
      store(block + j, a);
      store(block + t + j, b);
      store(block + 2 * t + j, c);
      store(block + 3 * t + j, d);
    }
  }
}

CIPHERSTREAM_AVX2_INLINE void inverse_layer(std::uint64_t *x, std::size_t m, std::size_t t, const Tables &roots,
                                            const Prime &p) {
  for (std::size_t i = 0; i < m; i++) {
    const Factor w = one(roots, m + i);
    std::uint64_t *const block = x + 2 * t * i;
    for (std::size_t j = 0; j < t; j += kLanes) {
      __m256i a = load(block + j), b = load(block + t + j);
      inverse_butterfly(a, b, w, p);
      store(block + j, a);
      store(block + t + j, b);
    }
  }
}

CIPHERSTREAM_AVX2_INLINE void inverse_layers(std::uint64_t *x, std::size_t m, std::size_t t, const Tables &roots,
                                             const Prime &p) {
  for (std::size_t i = 0; i < m; i++) {
    const Factor w = one(roots, m + i), left = one(roots, 2 * (m + i)), right = one(roots, 2 * (m + i) + 1);
    std::uint64_t *const block = x + 4 * t * i;
    for (std::size_t j = 0; j < t; j += kLanes) {
      __m256i a = load(block + j), b = load(block + t + j), c = load(block + 2 * t + j), d = load(block + 3 * t + j);
      inverse_butterfly(a, b, left, p);
      inverse_butterfly(c, d, right, p);
      inverse_butterfly(a, c, w, p);
      inverse_butterfly(b, d, w, p);
      store(block + j, a);
      store(block + t + j, b);
      store(block + 2 * t + j, c);
      store(block + 3 * t + j, d);
    }
  }
}

}  // namespace

Avx2Ntt::Avx2Ntt(std::size_t degree, std::uint64_t q, std::uint64_t psi)
    : degree_(degree),
      q_(q),
      degree_inverse_(inverse_of(degree % q, q)),
      roots_(degree),
      quotients_(degree),
      inverse_roots_(degree),
      inverse_quotients_(degree) {
  const int bits = __builtin_ctzll(degree);
  const std::uint64_t back = inverse_of(psi, q);
  std::uint64_t root = 1, inverse = 1;
  for (std::size_t i = 0; i < degree; i++) {
    const std::size_t k = seal::util::reverse_bits(i, bits);
    roots_[k] = static_cast<std::uint32_t>(root);
    quotients_[k] = quotient32(root, q);
    inverse_roots_[k] = static_cast<std::uint32_t>(inverse);
    inverse_quotients_[k] = quotient32(inverse, q);
    root = root * psi % q;
    inverse = inverse * back % q;
  }
}

CIPHERSTREAM_AVX2 void Avx2Ntt::forward(std::uint64_t *words) const {
  const Tables roots = {roots_.data(), quotients_.data()};
  const Prime p = {broadcast(q_), broadcast(2 * q_)};
  std::size_t m = 1, t = degree_ / 2;
  if (__builtin_ctzll(degree_ / kTail) % 2 != 0) {
    forward_layer(words, m, t, roots, p);
    m *= 2;
    t /= 2;
  }
  for (; m < degree_ / kTail; m *= 4, t /= 4) {
    forward_layers(words, m, t / 2, roots, p);
  }
  for (std::size_t i = 0; i < m; i++) {
    __m256i a = load(words + kTail * i), b = load(words + kTail * i + kLanes);
    forward_butterfly(a, b, one(roots, m + i), p);
    halves(a, b);
    forward_butterfly(a, b, two(roots, 2 * (m + i)), p);
    quarters(a, b);
    forward_butterfly(a, b, four(roots, 4 * (m + i)), p);
    a = subtract_once(subtract_once(a, p.q2), p.q);
    b = subtract_once(subtract_once(b, p.q2), p.q);
    quarters(a, b);
    halves(a, b);
    store(words + kTail * i, a);
    store(words + kTail * i + kLanes, b);
  }
}

CIPHERSTREAM_AVX2 void Avx2Ntt::inverse(std::uint64_t *words) const {
  const Tables roots = {inverse_roots_.data(), inverse_quotients_.data()};
  const Prime p = {broadcast(q_), broadcast(2 * q_)};
  std::size_t m = degree_ / kTail;
  for (std::size_t i = 0; i < m; i++) {
    __m256i a = load(words + kTail * i), b = load(words + kTail * i + kLanes);
    halves(a, b);
    quarters(a, b);
    inverse_butterfly(a, b, four(roots, 4 * (m + i)), p);
    quarters(a, b);
    inverse_butterfly(a, b, two(roots, 2 * (m + i)), p);
    halves(a, b);
    inverse_butterfly(a, b, one(roots, m + i), p);
    store(words + kTail * i, a);
    store(words + kTail * i + kLanes, b);
  }
  std::size_t t = kTail;
  for (; m >= 4; m /= 4, t *= 4) {
    inverse_layers(words, m / 4, t, roots, p);
  }
  if (m == 2) {
    inverse_layer(words, 1, t, roots, p);
  }
  const Factor scale = factor(degree_inverse_, q_);
  for (std::size_t k = 0; k < degree_; k += kLanes) {
    store(words + k, subtract_once(times(load(words + k), scale, p.q), p.q));
  }
}

}  // namespace cipherstream

#endif
