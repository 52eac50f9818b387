#include "fresh_zero.h"

#include <algorithm>
#include <array>
#include <vector>

#include "blake2xb.h"
#include "kernel.h"
#include "seal/util/numth.h"
#include "small_polynomial.h"

namespace cipherstream {

namespace {

void transform(const LimbKernels &kernels, const ModulusTables &q, const SmallPolynomial &small, std::uint64_t *out) {
  small.residues(q.value(), out);
  kernels.ntt(q, out, out);
}

void add_product(const LimbKernels &kernels, const ModulusTables &q, const std::uint64_t *a, const std::uint64_t *b,
                 std::uint64_t *sum, std::size_t degree) {
  const Product product{a, b, Repeat{}};
  const ProductChain chain{sum, true, true, &product, 1, q.modulus.bit_count()};
  for (std::size_t from = 0; from < degree; from += kBlockWords) {
    kernels.products(q, chain, Block{from, std::min(kBlockWords, degree - from)});
  }
}

std::vector<std::uint64_t> primes(const Chain &chain) {
  std::vector<std::uint64_t> out;
  for (std::size_t limb = 0; limb < chain.limbs(); limb++) {
    out.push_back(chain.prime(limb).value());
  }
  return out;
}

std::vector<std::uint64_t> roots(const Chain &chain) {
  std::vector<std::uint64_t> out;
  for (std::size_t limb = 0; limb < chain.limbs(); limb++) {
    std::uint64_t root = 0;
    seal::util::try_minimal_primitive_root(2 * chain.degree(), chain.prime(limb), root);
    out.push_back(root);
  }
  return out;
}

}  // namespace

FreshZero::FreshZero(const Chain &chain)
    : ring_(chain.degree(), primes(chain).data(), roots(chain).data(), chain.limbs(), best_kernel()),
      kernels_(LimbKernels::make(best_kernel(), ring_)) {}

void FreshZero::add(const seal::PublicKey &key, std::size_t limbs, std::uint64_t *words) const {
  const std::size_t degree = ring_.degree();
  const auto random = blake2xb_generator(fresh_seed());
  const SmallPolynomial mask = SmallPolynomial::ternary(*random, degree);
  const std::array<SmallPolynomial, 2> errors{SmallPolynomial::error(*random, degree),
                                              SmallPolynomial::error(*random, degree)};
  std::vector<std::uint64_t> factor(degree), error(degree);
  for (std::size_t limb = 0; limb < limbs; limb++) {
    const ModulusTables &q = ring_[limb];
    transform(*kernels_, q, mask, factor.data());
    for (std::size_t p = 0; p < errors.size(); p++) {
      std::uint64_t *sum = words + (p * limbs + limb) * degree;
      transform(*kernels_, q, errors[p], error.data());
      kernels_->add(q, sum, sum, error.data(), degree);
      add_product(*kernels_, q, factor.data(), key.data().data(p) + limb * degree, sum, degree);
    }
  }
}

}  // namespace cipherstream
