#include "limb_kernels.h"

#include <algorithm>
#include <cstring>

#include "limb_kernels_ifma.h"
#include "seal/util/polyarithsmallmod.h"
#include "seal/util/uintarithsmallmod.h"

namespace cipherstream {

namespace {

using Wide = unsigned __int128;

// Products of words below 2^61 that 128 bits hold beside one such word.
constexpr std::size_t kProductsMax = 60;
// A table of SEAL's for one Galois element takes 4N bytes; more of them than this start anew.
constexpr std::size_t kGaloisTablesMax = 256;

std::uint64_t reduced(Wide value, const seal::Modulus &q) {
  const std::uint64_t words[2] = {static_cast<std::uint64_t>(value),
                                  static_cast<std::uint64_t>(value >> 64)};
  return seal::util::barrett_reduce_128(words, q);
}

// Adds products of four neighbouring words.
void add_products(Wide (&sum)[4], const Product &product, std::size_t k, std::size_t degree) {
  const std::uint64_t *const a = product.a + k;
  if (product.repeat.none()) {
    for (std::size_t i = 0; i < 4; i++) {
      sum[i] += static_cast<Wide>(a[i]) * product.b[k + i];
    }
  } else if (product.repeat.shift >= 2) {
    const Wide weight = product.b[product.repeat.index(k, degree)];
    for (std::size_t i = 0; i < 4; i++) {
      sum[i] += weight * a[i];
    }
  } else {
    for (std::size_t i = 0; i < 4; i++) {
      sum[i] += static_cast<Wide>(a[i]) * product.b[product.repeat.index(k + i, degree)];
    }
  }
}

}  // namespace

LimbKernels::LimbKernels(const RingTables &ring) : ring_(ring) {}

std::unique_ptr<LimbKernels> LimbKernels::make(Kernel kernel, const RingTables &ring) {
#if defined(__x86_64__)
  if (kernel == Kernel::ifma) {
    return std::make_unique<IfmaLimbKernels>(ring);
  }
#endif
  return std::make_unique<LimbKernels>(ring);
}

void LimbKernels::ntt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const {
  if (d != a) {
    std::memcpy(d, a, ring_.degree() * sizeof(std::uint64_t));
  }
  seal::util::ntt_negacyclic_harvey(d, *q.seal);
}

void LimbKernels::intt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const {
  if (d != a) {
    std::memcpy(d, a, ring_.degree() * sizeof(std::uint64_t));
  }
  seal::util::inverse_ntt_negacyclic_harvey(d, *q.seal);
}

void LimbKernels::ntt_of_reduced(const ModulusTables &q, const ModulusTables &,
                                 std::uint64_t *d, const std::uint64_t *a,
                                 std::uint64_t constant) const {
  seal::util::modulo_poly_coeffs(a, ring_.degree(), q.modulus, d);
  if (constant != 0) {
    seal::util::add_poly_scalar_coeffmod(d, ring_.degree(), constant, q.modulus, d);
  }
  seal::util::ntt_negacyclic_harvey(d, *q.seal);
}

std::shared_ptr<seal::util::GaloisTool> LimbKernels::galois_tool(std::uint32_t galois) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto place = std::lower_bound(elements_.begin(), elements_.end(), galois);
  if (place == elements_.end() || *place != galois) {
    elements_.insert(place, galois);
  }
  if (!tool_ || elements_.size() > kGaloisTablesMax) {
    elements_ = {galois};
    tool_ = std::make_shared<seal::util::GaloisTool>(ring_.degree_bits(),
                                                     seal::MemoryPoolHandle::New());
  }
  return tool_;
}

void LimbKernels::permute(std::uint64_t *d, const std::uint64_t *a, std::uint32_t galois) const {
  galois_tool(galois)->apply_galois_ntt(a, galois, d);
}

void LimbKernels::products(const ModulusTables &q, const Chain &chain, Block block) const {
  if (chain.count == 1 && !chain.accumulate && chain.products->repeat.none()) {
    seal::util::dyadic_product_coeffmod(chain.products->a + block.from,
                                        chain.products->b + block.from, block.count, q.modulus,
                                        chain.d + block.from);
    return;
  }
  const Product *const end = chain.products + chain.count;
  for (std::size_t k = block.from; k < block.from + block.count; k += 4) {
    Wide sum[4] = {};
    for (std::size_t i = 0; chain.accumulate && i < 4; i++) {
      sum[i] = chain.d[k + i];
    }
    for (const Product *next = chain.products; next != end;) {
      const Product *const stop =
          next + std::min<std::size_t>(kProductsMax, static_cast<std::size_t>(end - next));
      for (; next != stop; next++) {
        add_products(sum, *next, k, ring_.degree());
      }
      for (Wide &value : sum) {
        value = reduced(value, q.modulus);
      }
    }
    for (std::size_t i = 0; i < 4; i++) {
      chain.d[k + i] = static_cast<std::uint64_t>(sum[i]);
    }
  }
}

void LimbKernels::products(const ModulusTables &q, const Chain &one, const Chain &two,
                           Block block) const {
  products(q, one, block);
  products(q, two, block);
}

void LimbKernels::add(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a,
                      const std::uint64_t *b, std::size_t count) const {
  seal::util::add_poly_coeffmod(a, b, count, q.modulus, d);
}

void LimbKernels::subtract(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a,
                           const std::uint64_t *b, std::size_t count) const {
  seal::util::sub_poly_coeffmod(a, b, count, q.modulus, d);
}

void LimbKernels::negate(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a,
                         std::size_t count) const {
  seal::util::negate_poly_coeffmod(a, count, q.modulus, d);
}

void LimbKernels::scale(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a,
                        std::uint64_t constant, std::size_t count) const {
  seal::util::multiply_poly_scalar_coeffmod(a, count, constant, q.modulus, d);
}

void LimbKernels::add_constant(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a,
                               std::uint64_t constant, std::size_t count) const {
  seal::util::add_poly_scalar_coeffmod(a, count, constant, q.modulus, d);
}

void LimbKernels::reduce(const ModulusTables &q, const ModulusTables &, std::uint64_t *d,
                         const std::uint64_t *a, std::size_t count) const {
  seal::util::modulo_poly_coeffs(a, count, q.modulus, d);
}

std::uint64_t LimbKernels::zeros(const std::uint64_t *a, std::size_t count) const {
  return static_cast<std::uint64_t>(std::count(a, a + count, std::uint64_t{0}));
}

}  // namespace cipherstream
