#include "limb_kernels_avx2.h"

#if defined(__x86_64__)

#include <algorithm>
#include <cstring>

#include "avx2_doubles.h"
#include "products_avx2.h"
#include "products_avx2_long.h"

namespace cipherstream {

using namespace avx2;

namespace {

// Words below this are integers that doubles hold.
constexpr std::uint64_t kSourceEnd = std::uint64_t{1} << 52;

// a, or a - bound where that is not negative, for words below 2^63.
CIPHERSTREAM_AVX2_INLINE __m256i subtract_once(__m256i a, __m256i bound) {
  const __m256i less = _mm256_sub_epi64(a, bound);
  return _mm256_castpd_si256(
      _mm256_blendv_pd(_mm256_castsi256_pd(less), _mm256_castsi256_pd(a), _mm256_castsi256_pd(less)));
}

CIPHERSTREAM_AVX2 void add_words(std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b, std::size_t count,
                                 std::uint64_t prime) {
  const __m256i q = broadcast(prime);
  for (std::size_t k = 0; k < count; k += kLanes) {
    store(d + k, subtract_once(_mm256_add_epi64(load(a + k), load(b + k)), q));
  }
}

CIPHERSTREAM_AVX2 void scale_words(std::uint64_t *d, const std::uint64_t *a, std::size_t count, std::uint64_t constant,
                                   std::uint64_t prime) {
  const doubles::Prime p(prime);
  const doubles::Factor factor = p.factor(constant, prime);
  for (std::size_t k = 0; k < count; k += kLanes) {
    store(d + k, p.canonical(p.times(doubles::from_words(load(a + k)), factor)));
  }
}

CIPHERSTREAM_AVX2 void reduce_words(std::uint64_t *d, const std::uint64_t *a, std::size_t count, std::uint64_t prime) {
  const doubles::Prime p(prime);
  for (std::size_t k = 0; k < count; k += kLanes) {
    store(d + k, p.canonical(p.reduced(doubles::from_words(load(a + k)))));
  }
}

}  // namespace

void Avx2LimbKernels::ntt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const {
  if (q.avx2) {
    q.avx2->ntt.forward(d, a);
  } else {
    LimbKernels::ntt(q, d, a);
  }
}

void Avx2LimbKernels::intt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const {
  if (q.avx2) {
    q.avx2->ntt.inverse(d, a);
  } else {
    LimbKernels::intt(q, d, a);
  }
}

void Avx2LimbKernels::ntt_of_reduced(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d,
                                     const std::uint64_t *a, std::uint64_t constant) const {
  if (!q.avx2) {
    LimbKernels::ntt_of_reduced(q, source, d, a, constant);
  } else if (source.value() <= kSourceEnd) {
    q.avx2->ntt.forward_of_lifted(d, a, constant);
  } else {
    LimbKernels::reduce(q, source, d, a, ring_.degree());
    q.avx2->ntt.forward_of_lifted(d, d, constant);
  }
}

void Avx2LimbKernels::products(const ModulusTables &q, const ProductChain &chain, Block block) const {
  if (q.avx2 && fits_avx2(chain)) {
    products_avx2(chain, block, ring_.degree(), *q.avx2->sums);
  } else if (q.avx2 && fits_avx2_long(chain)) {
    products_avx2_long(chain, block, ring_.degree(), q.value());
  } else {
    LimbKernels::products(q, chain, block);
  }
}

void Avx2LimbKernels::products(const ModulusTables &q, const ProductChain *const *chains, std::size_t count,
                               Block block) const {
  const auto all = [&](bool (*fits)(const ProductChain &)) {
    return std::all_of(chains, chains + count, [&](const ProductChain *chain) { return fits(*chain); });
  };
  const bool fits_short = q.avx2 && all(fits_avx2);
  const auto together = [&](const auto &some) {
    if (fits_short) {
      products_avx2(some, block, ring_.degree(), *q.avx2->sums);
    } else {
      products_avx2_long(some, block, ring_.degree(), q.value());
    }
  };
  if (!fits_short && !(q.avx2 && all(fits_avx2_long))) {
    LimbKernels::products(q, chains, count, block);
    return;
  }
  std::size_t c = 0;
  for (; c + 4 <= count; c += 4) {
    const ProductChain *const four[] = {chains[c], chains[c + 1], chains[c + 2], chains[c + 3]};
    together(four);
  }
  for (; c + 2 <= count; c += 2) {
    const ProductChain *const two[] = {chains[c], chains[c + 1]};
    together(two);
  }
  if (c < count) {
    products(q, *chains[c], block);
  }
}

// Sums of products of short words are faster as they are.
std::optional<Kernel> Avx2LimbKernels::panels(const ModulusTables &q, int bits) const {
  const bool long_words = bits > kShortBitsMax && bits <= kLongBitsMax;
  return q.avx2 && long_words ? std::optional(Kernel::avx2) : std::nullopt;
}

void Avx2LimbKernels::add(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                          std::size_t count) const {
  add_words(d, a, b, count, q.value());
}

void Avx2LimbKernels::scale(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                            std::size_t count) const {
  if (q.avx2) {
    scale_words(d, a, count, constant, q.value());
  } else {
    LimbKernels::scale(q, d, a, constant, count);
  }
}

void Avx2LimbKernels::reduce(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d,
                             const std::uint64_t *a, std::size_t count) const {
  if (source.value() <= q.value()) {
    if (d != a) {
      std::memcpy(d, a, count * sizeof(std::uint64_t));
    }
  } else if (q.avx2 && source.value() <= kSourceEnd) {
    reduce_words(d, a, count, q.value());
  } else {
    LimbKernels::reduce(q, source, d, a, count);
  }
}

}  // namespace cipherstream

#endif
