#include "limb_kernels.h"

#include <algorithm>
#include <cstring>

#include "limb_kernels_avx2.h"
#include "limb_kernels_ifma.h"
#include "products.h"
#include "products_avx512.h"
#include "seal/util/polyarithsmallmod.h"
#include "words.h"

namespace cipherstream {

namespace {

// A table of SEAL's for one Galois element takes 4N bytes; more of them than this start anew.
constexpr std::size_t kGaloisTablesMax = 256;

}  // namespace

LimbKernels::LimbKernels(const RingTables &ring) : ring_(ring) {}

std::unique_ptr<LimbKernels> LimbKernels::make(Kernel kernel, const RingTables &ring) {
#if defined(__x86_64__)
  if (kernel == Kernel::ifma) {
    return std::make_unique<IfmaLimbKernels>(ring);
  }
  if (kernel == Kernel::avx2) {
    return std::make_unique<Avx2LimbKernels>(ring);
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

// SEAL's lazy transform, which its key switch takes too, from words below 4q to words below 4q: no
// more than that is reduced before it, and behind it no branch is taken on a word.
void LimbKernels::ntt_of_reduced(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d,
                                 const std::uint64_t *a, std::uint64_t constant) const {
  if (source.value() + constant <= 4 * q.value()) {
    words::add_plain(d, a, constant, ring_.degree());
  } else {
    words::reduce_and_add(d, a, constant, ring_.degree(), q.value(), q.modulus.const_ratio()[1]);
  }
  seal::util::ntt_negacyclic_harvey_lazy(d, *q.seal);
  words::reduce_lazy(d, ring_.degree(), q.value());
}

std::shared_ptr<seal::util::GaloisTool> LimbKernels::galois_tool(std::uint32_t galois) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto place = std::lower_bound(elements_.begin(), elements_.end(), galois);
  if (place == elements_.end() || *place != galois) {
    elements_.insert(place, galois);
  }
  if (!tool_ || elements_.size() > kGaloisTablesMax) {
    elements_ = {galois};
    tool_ = std::make_shared<seal::util::GaloisTool>(ring_.degree_bits(), seal::MemoryPoolHandle::New());
  }
  return tool_;
}

void LimbKernels::permute(std::uint64_t *d, const std::uint64_t *a, std::uint32_t galois) const {
  galois_tool(galois)->apply_galois_ntt(a, galois, d);
}

void LimbKernels::products(const ModulusTables &q, const ProductChain &chain, Block block) const {
  if (chain.count == 1 && !chain.accumulate && chain.products->repeat.none()) {
    seal::util::dyadic_product_coeffmod(chain.products->a + block.from, chain.products->b + block.from, block.count,
                                        q.modulus, chain.d + block.from);
    return;
  }
  if (chain.bits <= 50 && fits_avx512(q.modulus)) {
    products_avx512(chain, block, ring_.degree(), q.modulus);
  } else {
    products_portable(chain, block, ring_.degree(), q.modulus);
  }
}

void LimbKernels::products(const ModulusTables &q, const ProductChain *const *chains, std::size_t count,
                           Block block) const {
  for (std::size_t c = 0; c < count; c++) {
    products(q, *chains[c], block);
  }
}

std::optional<Kernel> LimbKernels::panels(const ModulusTables &, int) const { return std::nullopt; }

void LimbKernels::add(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                      std::size_t count) const {
  seal::util::add_poly_coeffmod(a, b, count, q.modulus, d);
}

void LimbKernels::subtract(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                           std::size_t count) const {
  words::subtract(d, a, b, count, q.value());
}

void LimbKernels::negate(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::size_t count) const {
  words::negate(d, a, count, q.value());
}

void LimbKernels::scale(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                        std::size_t count) const {
  seal::util::multiply_poly_scalar_coeffmod(a, count, constant, q.modulus, d);
}

void LimbKernels::add_constant(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                               std::size_t count) const {
  words::add_constant(d, a, constant, count, q.value());
}

void LimbKernels::reduce(const ModulusTables &q, const ModulusTables &, std::uint64_t *d, const std::uint64_t *a,
                         std::size_t count) const {
  seal::util::modulo_poly_coeffs(a, count, q.modulus, d);
}

std::uint64_t LimbKernels::zeros(const std::uint64_t *a, std::size_t count) const {
  return static_cast<std::uint64_t>(std::count(a, a + count, std::uint64_t{0}));
}

}  // namespace cipherstream
