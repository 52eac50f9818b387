// AVX-512 IFMA kernels for primes below 2^50. Compiled for every x86-64, entered only after the
// processor was asked (kernels.cpp).
#include "kernels.h"

#if defined(__x86_64__)

#include <algorithm>

#include "ifma.h"

namespace cipherstream {

using namespace ifma;

namespace {

// Each product adds less than 2^52 to a low word, so 2^10 terms of two products stay below 2^63.
constexpr std::size_t kTermsBetweenCarries = 1 << 10;

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
