// AVX-512 IFMA kernels for primes below 2^50. Compiled for every x86-64, entered only after the
// processor was asked (kernels.cpp).
#include "kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>

#define CIPHERSTREAM_IFMA __attribute__((target("avx512f,avx512dq,avx512ifma")))
#define CIPHERSTREAM_IFMA_INLINE \
  __attribute__((target("avx512f,avx512dq,avx512ifma"), always_inline)) inline

namespace cipherstream {

namespace {

constexpr std::uint64_t kLow52 = (std::uint64_t{1} << 52) - 1;

// Each product adds less than 2^52 to a low word, so 2^10 terms of two products stay below 2^63.
constexpr std::size_t kTermsBetweenCarries = 1 << 10;

// sum = high * 2^52 + low.
struct Accumulator {
  __m512i low, high;
};

// Constants of the reduction modulo q: c = 2^(52 j) mod q with c' = floor(c * 2^52 / q).
struct Reduction {
  __m512i q, q2, q4, one_quotient, two52, two52_quotient, two104, two104_quotient;
};

CIPHERSTREAM_IFMA_INLINE __m512i broadcast(std::uint64_t value) {
  return _mm512_set1_epi64(static_cast<long long>(value));
}

CIPHERSTREAM_IFMA_INLINE Reduction reduction(std::uint64_t q) {
  using Wide = unsigned __int128;
  const std::uint64_t two52 = static_cast<std::uint64_t>((static_cast<Wide>(1) << 52) % q);
  const std::uint64_t two104 = static_cast<std::uint64_t>(static_cast<Wide>(two52) * two52 % q);
  const auto quotient = [q](std::uint64_t c) {
    return static_cast<std::uint64_t>((static_cast<Wide>(c) << 52) / q);
  };
  return {broadcast(q),     broadcast(2 * q),           broadcast(4 * q), broadcast(quotient(1)),
          broadcast(two52), broadcast(quotient(two52)), broadcast(two104),
          broadcast(quotient(two104))};
}

CIPHERSTREAM_IFMA_INLINE __m512i load(const std::uint64_t *words) {
  return _mm512_loadu_si512(static_cast<const void *>(words));
}

CIPHERSTREAM_IFMA_INLINE void store(std::uint64_t *words, __m512i value) {
  _mm512_storeu_si512(static_cast<void *>(words), value);
}

CIPHERSTREAM_IFMA_INLINE void accumulate(Accumulator &sum, __m512i a, __m512i b) {
  sum.low = _mm512_madd52lo_epu64(sum.low, a, b);
  sum.high = _mm512_madd52hi_epu64(sum.high, a, b);
}

CIPHERSTREAM_IFMA_INLINE void carry(Accumulator &sum) {
  sum.high = _mm512_add_epi64(sum.high, _mm512_srli_epi64(sum.low, 52));
  sum.low = _mm512_and_si512(sum.low, broadcast(kLow52));
}

// x * c modulo q, lazily in [0, 2q), for x < 2^52 and the quotient c' of c.
CIPHERSTREAM_IFMA_INLINE __m512i multiply_lazy(__m512i x, __m512i c, __m512i quotient, __m512i q) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i estimate = _mm512_madd52hi_epu64(zero, x, quotient);
  const __m512i difference = _mm512_sub_epi64(_mm512_madd52lo_epu64(zero, x, c),
                                              _mm512_madd52lo_epu64(zero, estimate, q));
  return _mm512_and_si512(difference, broadcast(kLow52));
}

CIPHERSTREAM_IFMA_INLINE __m512i subtract_once(__m512i value, __m512i bound) {
  return _mm512_min_epu64(value, _mm512_sub_epi64(value, bound));
}

CIPHERSTREAM_IFMA_INLINE __m512i reduce(Accumulator sum, const Reduction &r) {
  carry(sum);
  const __m512i high_low = _mm512_and_si512(sum.high, broadcast(kLow52));
  const __m512i high_high = _mm512_srli_epi64(sum.high, 52);
  __m512i value = multiply_lazy(sum.low, broadcast(1), r.one_quotient, r.q);
  value = _mm512_add_epi64(value, multiply_lazy(high_low, r.two52, r.two52_quotient, r.q));
  value = _mm512_add_epi64(value, multiply_lazy(high_high, r.two104, r.two104_quotient, r.q));
  value = subtract_once(value, r.q4);  // below 6q before
  value = subtract_once(value, r.q2);
  return subtract_once(value, r.q);
}

}  // namespace

CIPHERSTREAM_IFMA void sum_of_plain_products_ifma(std::uint64_t *out,
                                                  const std::uint64_t *const *x,
                                                  const std::uint64_t *const *w, std::size_t terms,
                                                  std::size_t degree, std::size_t period,
                                                  std::uint64_t q) {
  constexpr std::size_t vectors = 4;
  constexpr std::size_t block = 8 * vectors;
  const std::size_t run = degree / (2 * period);
  const Reduction constants = reduction(q);
  for (std::size_t k = 0; k < degree; k += block) {
    std::size_t index[vectors];
    Accumulator sum[vectors];
    for (std::size_t v = 0; v < vectors; v++) {
      const std::size_t r = (k + 8 * v) / run;
      index[v] = r < period ? r : 2 * period - 1 - r;
      sum[v] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    }
    for (std::size_t start = 0; start < terms; start += kTermsBetweenCarries) {
      const std::size_t end = std::min(terms, start + kTermsBetweenCarries);
      for (std::size_t i = start; i < end; i++) {
        const std::uint64_t *words = x[i] + k;
        const std::uint64_t *weights = w[i];
        for (std::size_t v = 0; v < vectors; v++) {
          __builtin_prefetch(words + 2 * block + 8 * v);
          accumulate(sum[v], load(words + 8 * v), broadcast(weights[index[v]]));
        }
      }
      for (std::size_t v = 0; v < vectors; v++) {
        carry(sum[v]);
      }
    }
    for (std::size_t v = 0; v < vectors; v++) {
      store(out + k + 8 * v, reduce(sum[v], constants));
    }
  }
}

CIPHERSTREAM_IFMA void sum_of_products_ifma(std::uint64_t *const out[3],
                                            const std::uint64_t *const *a0,
                                            const std::uint64_t *const *a1,
                                            const std::uint64_t *const *b0,
                                            const std::uint64_t *const *b1, std::size_t terms,
                                            std::size_t degree, std::uint64_t q) {
  constexpr std::size_t vectors = 2;
  const Reduction constants = reduction(q);
  for (std::size_t k = 0; k < degree; k += 8 * vectors) {
    Accumulator sum[3][vectors];
    for (auto &polynomial : sum) {
      for (auto &accumulator : polynomial) {
        accumulator = {_mm512_setzero_si512(), _mm512_setzero_si512()};
      }
    }
    for (std::size_t start = 0; start < terms; start += kTermsBetweenCarries) {
      const std::size_t end = std::min(terms, start + kTermsBetweenCarries);
      for (std::size_t i = start; i < end; i++) {
        for (std::size_t v = 0; v < vectors; v++) {
          const std::size_t at = k + 8 * v;
          const __m512i x0 = load(a0[i] + at), x1 = load(a1[i] + at);
          const __m512i y0 = load(b0[i] + at), y1 = load(b1[i] + at);
          accumulate(sum[0][v], x0, y0);
          accumulate(sum[1][v], x0, y1);
          accumulate(sum[1][v], x1, y0);
          accumulate(sum[2][v], x1, y1);
        }
      }
      for (auto &polynomial : sum) {
        for (auto &accumulator : polynomial) {
          carry(accumulator);
        }
      }
    }
    for (std::size_t p = 0; p < 3; p++) {
      for (std::size_t v = 0; v < vectors; v++) {
        store(out[p] + k + 8 * v, reduce(sum[p][v], constants));
      }
    }
  }
}

}  // namespace cipherstream

#endif
