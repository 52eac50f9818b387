#include "fresh_zero.h"

#include <algorithm>
#include <array>
#include <vector>

#include "kernel.h"
#include "seal/util/numth.h"

namespace cipherstream {

namespace {

// Bytes of an error's coefficient: 21 bits for each of its two sums, as SEAL takes them.
constexpr std::size_t kErrorBytes = 6;
// The largest multiple of 3^5 that a byte holds: below it, a byte's five digits to the base 3 are uniform.
constexpr unsigned kTernaryEnd = 243;
constexpr std::size_t kDigits = 5;

using Small = std::vector<std::int8_t>;

std::vector<std::uint8_t> drawn(seal::UniformRandomGenerator &random, std::size_t bytes) {
  std::vector<std::uint8_t> out(bytes);
  random.generate(bytes, reinterpret_cast<seal::seal_byte *>(out.data()));
  return out;
}

Small ternary(seal::UniformRandomGenerator &random, std::size_t degree) {
  Small out;
  out.reserve(degree + kDigits);
  while (out.size() < degree) {
    for (unsigned byte : drawn(random, (degree - out.size()) / kDigits + 16)) {
      for (std::size_t i = 0; byte < kTernaryEnd && i < kDigits; i++, byte /= 3) {
        out.push_back(static_cast<std::int8_t>(static_cast<int>(byte % 3) - 1));
      }
    }
  }
  out.resize(degree);
  return out;
}

// Of 21 bits. Processors from before 2008 have no instruction for it, so the compiler would call a function.
int ones(std::uint32_t bits) {
  bits &= 0x1FFFFF;
  bits -= (bits >> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333);
  return static_cast<int>((((bits + (bits >> 4)) & 0x0F0F0F0F) * 0x01010101) >> 24);
}

Small binomial(seal::UniformRandomGenerator &random, std::size_t degree) {
  const std::vector<std::uint8_t> bytes = drawn(random, kErrorBytes * degree);
  Small out(degree);
  for (std::size_t k = 0; k < degree; k++) {
    const std::uint8_t *b = &bytes[kErrorBytes * k];
    const std::uint32_t first = b[0] | (b[1] << 8) | (b[2] << 16);
    const std::uint32_t second = b[3] | (b[4] << 8) | (b[5] << 16);
    out[k] = static_cast<std::int8_t>(ones(first) - ones(second));
  }
  return out;
}

// The residues of small numbers, transformed.
void transform(const LimbKernels &kernels, const ModulusTables &q, const Small &small, std::uint64_t *out) {
  for (std::size_t k = 0; k < small.size(); k++) {
    const std::int64_t value = small[k];
    out[k] = static_cast<std::uint64_t>(value) + (value < 0 ? q.value() : 0);
  }
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
  const auto random = seal::UniformRandomGeneratorFactory::DefaultFactory()->create();
  const Small mask = ternary(*random, degree);
  const std::array<Small, 2> errors{binomial(*random, degree), binomial(*random, degree)};
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
