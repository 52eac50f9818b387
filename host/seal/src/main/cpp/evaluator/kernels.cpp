#include "kernels.h"

#include "seal/util/uintarithsmallmod.h"

namespace cipherstream {

namespace {

using Wide = unsigned __int128;

std::uint64_t reduce(Wide value, const seal::Modulus &q) {
  const std::uint64_t words[2] = {static_cast<std::uint64_t>(value),
                                  static_cast<std::uint64_t>(value >> 64)};
  return seal::util::barrett_reduce_128(words, q);
}

// Index of the stored word that stands at position k.
std::size_t folded(std::size_t k, std::size_t run, std::size_t period) {
  const std::size_t r = k / run;
  return r < period ? r : 2 * period - 1 - r;
}

// Four neighbouring words share a weight when a run has at least four.
void plain_block_of_four(std::uint64_t *out, const std::uint64_t *const *x,
                         const std::uint64_t *const *w, std::size_t terms, std::size_t k,
                         std::size_t index, const seal::Modulus &q) {
  Wide s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (std::size_t i = 0; i < terms; i++) {
    const std::uint64_t *words = x[i] + k;
    const Wide weight = w[i][index];
    s0 += weight * words[0];
    s1 += weight * words[1];
    s2 += weight * words[2];
    s3 += weight * words[3];
  }
  out[k] = reduce(s0, q);
  out[k + 1] = reduce(s1, q);
  out[k + 2] = reduce(s2, q);
  out[k + 3] = reduce(s3, q);
}

}  // namespace

Kernel best_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512dq")) {
    return Kernel::ifma;
  }
#endif
  return Kernel::scalar;
}

void sum_of_plain_products(Kernel kernel, std::uint64_t *out, const std::uint64_t *const *x,
                           const std::uint64_t *const *w, std::size_t terms, std::size_t degree,
                           std::size_t period, const seal::Modulus &q) {
  const std::size_t run = degree / (2 * period);
#if defined(__x86_64__)
  if (kernel == Kernel::ifma && run >= 8) {
    sum_of_plain_products_ifma(out, x, w, terms, degree, period, q.value());
    return;
  }
#endif
  if (run >= 4) {
    for (std::size_t k = 0; k < degree; k += 4) {
      plain_block_of_four(out, x, w, terms, k, folded(k, run, period), q);
    }
    return;
  }
  for (std::size_t k = 0; k < degree; k++) {
    const std::size_t index = folded(k, run, period);
    Wide sum = 0;
    for (std::size_t i = 0; i < terms; i++) {
      sum += static_cast<Wide>(x[i][k]) * w[i][index];
    }
    out[k] = reduce(sum, q);
  }
}

void sum_of_products(Kernel kernel, std::uint64_t *const out[3], const std::uint64_t *const *a0,
                     const std::uint64_t *const *a1, const std::uint64_t *const *b0,
                     const std::uint64_t *const *b1, std::size_t terms, std::size_t degree,
                     const seal::Modulus &q) {
#if defined(__x86_64__)
  if (kernel == Kernel::ifma) {
    sum_of_products_ifma(out, a0, a1, b0, b1, terms, degree, q.value());
    return;
  }
#endif
  for (std::size_t k = 0; k < degree; k++) {
    Wide s0 = 0, s1 = 0, s2 = 0;
    for (std::size_t i = 0; i < terms; i++) {
      const Wide x0 = a0[i][k], x1 = a1[i][k];
      const std::uint64_t y0 = b0[i][k], y1 = b1[i][k];
      s0 += x0 * y0;
      s1 += x0 * y1 + x1 * y0;
      s2 += x1 * y1;
    }
    out[0][k] = reduce(s0, q);
    out[1][k] = reduce(s1, q);
    out[2][k] = reduce(s2, q);
  }
}

void add_periodic(std::uint64_t *out, const std::uint64_t *x, const std::uint64_t *w,
                  std::size_t degree, std::size_t period, const seal::Modulus &q) {
  const std::size_t run = degree / (2 * period);
  const std::uint64_t modulus = q.value();
  for (std::size_t k = 0; k < degree; k++) {
    const std::uint64_t sum = x[k] + w[folded(k, run, period)];
    out[k] = sum >= modulus ? sum - modulus : sum;
  }
}

}  // namespace cipherstream
