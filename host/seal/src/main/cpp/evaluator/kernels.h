// Fused limb kernels: sums of products with one reduction at the end. Results are canonical.
#pragma once

#include <cstddef>
#include <cstdint>

#include "seal/modulus.h"

namespace cipherstream {

enum class Kernel : int { scalar = 0, ifma = 1 };

// Fastest kernel of this processor.
Kernel best_kernel();

constexpr std::size_t kTermsMax = 1 << 15;

// One limb of sum_i x[i] * w[i]: x[i] has `degree` words, w[i] the `period` words of a periodic
// plaintext whose full word k is w[min(r, 2*period - 1 - r)], r = k / (degree / (2*period)).
// All words canonical, q < 2^50, 1 <= terms <= kTermsMax.
void sum_of_plain_products(Kernel kernel, std::uint64_t *out, const std::uint64_t *const *x,
                           const std::uint64_t *const *w, std::size_t terms, std::size_t degree,
                           std::size_t period, const seal::Modulus &q);

// One limb of sum_i (a0[i], a1[i]) * (b0[i], b1[i]) as polynomials in s: three outputs.
void sum_of_products(Kernel kernel, std::uint64_t *const out[3], const std::uint64_t *const *a0,
                     const std::uint64_t *const *a1, const std::uint64_t *const *b0,
                     const std::uint64_t *const *b1, std::size_t terms, std::size_t degree,
                     const seal::Modulus &q);

// out = x + w, w periodic as above.
void add_periodic(std::uint64_t *out, const std::uint64_t *x, const std::uint64_t *w,
                  std::size_t degree, std::size_t period, const seal::Modulus &q);

// As above with AVX-512 IFMA; runs of degree / (2*period) words must have at least 8.
void sum_of_plain_products_ifma(std::uint64_t *out, const std::uint64_t *const *x,
                                const std::uint64_t *const *w, std::size_t terms,
                                std::size_t degree, std::size_t period, std::uint64_t q);
void sum_of_products_ifma(std::uint64_t *const out[3], const std::uint64_t *const *a0,
                          const std::uint64_t *const *a1, const std::uint64_t *const *b0,
                          const std::uint64_t *const *b1, std::size_t terms, std::size_t degree,
                          std::uint64_t q);

}  // namespace cipherstream
