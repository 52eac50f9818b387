#include "limb_kernels_avx2.h"

#if defined(__x86_64__)

#include <cstring>

#include "avx2.h"
#include "products_avx2.h"

namespace cipherstream {

using namespace avx2;

namespace {

// (a modulo q) + constant, below 4q.
CIPHERSTREAM_AVX2 void lift(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant, std::size_t count,
                            const LongWords &words) {
  const Reduction reduced(words);
  const __m256i added = broadcast(constant);
  for (std::size_t k = 0; k < count; k += kLanes) {
    store(d + k, _mm256_add_epi64(reduced.lazy(load(a + k)), added));
  }
}

CIPHERSTREAM_AVX2 void scaled(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant, std::size_t count,
                              std::uint64_t q) {
  const Factor w = factor(constant, q);
  const __m256i prime = broadcast(q);
  for (std::size_t k = 0; k < count; k += kLanes) {
    store(d + k, subtract_once(times(load(a + k), w, prime), prime));
  }
}

CIPHERSTREAM_AVX2 void reduced(std::uint64_t *d, const std::uint64_t *a, std::size_t count, const LongWords &words) {
  const Reduction reduction(words);
  for (std::size_t k = 0; k < count; k += kLanes) {
    store(d + k, reduction(load(a + k)));
  }
}

}  // namespace

void Avx2LimbKernels::ntt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const {
  if (!q.avx2) {
    LimbKernels::ntt(q, d, a);
    return;
  }
  if (d != a) {
    std::memcpy(d, a, ring_.degree() * sizeof(std::uint64_t));
  }
  q.avx2->ntt.forward(d);
}

void Avx2LimbKernels::intt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const {
  if (!q.avx2) {
    LimbKernels::intt(q, d, a);
    return;
  }
  if (d != a) {
    std::memcpy(d, a, ring_.degree() * sizeof(std::uint64_t));
  }
  q.avx2->ntt.inverse(d);
}

void Avx2LimbKernels::ntt_of_reduced(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d,
                                     const std::uint64_t *a, std::uint64_t constant) const {
  if (!q.avx2) {
    LimbKernels::ntt_of_reduced(q, source, d, a, constant);
    return;
  }
  lift(d, a, constant, ring_.degree(), q.avx2->words);
  q.avx2->ntt.forward(d);
}

void Avx2LimbKernels::products(const ModulusTables &q, const Chain &chain, Block block) const {
  if (q.avx2 && fits_avx2(chain)) {
    products_avx2(chain, block, ring_.degree(), q.avx2->sums);
  } else {
    LimbKernels::products(q, chain, block);
  }
}

void Avx2LimbKernels::scale(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                            std::size_t count) const {
  if (q.avx2) {
    scaled(d, a, constant, count, q.value());
  } else {
    LimbKernels::scale(q, d, a, constant, count);
  }
}

void Avx2LimbKernels::reduce(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d,
                             const std::uint64_t *a, std::size_t count) const {
  if (q.avx2) {
    reduced(d, a, count, q.avx2->words);
  } else {
    LimbKernels::reduce(q, source, d, a, count);
  }
}

}  // namespace cipherstream

#endif
