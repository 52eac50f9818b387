#include "limb_kernels_ifma.h"

#if defined(__x86_64__)

#include <algorithm>
#include <cstring>

#include "ifma.h"
#include "products_ifma.h"

namespace cipherstream {

using namespace ifma;

namespace {

// Source words below this need no more than their low 52 bits.
constexpr std::uint64_t kSourceEnd = std::uint64_t{1} << 52;
// Operands a of products have no more bits.
constexpr int kChainBitsMax = 50;

constexpr unsigned reversed3(unsigned j) { return (j & 1) << 2 | (j & 2) | j >> 2; }

CIPHERSTREAM_IFMA void add_words(std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b, std::size_t count,
                                 std::uint64_t prime) {
  const __m512i q = broadcast(prime);
  for (std::size_t k = 0; k < count; k += 8) {
    store(d + k, subtract_once(_mm512_add_epi64(load(a + k), load(b + k)), q));
  }
}

CIPHERSTREAM_IFMA void subtract_words(std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                                      std::size_t count, std::uint64_t prime) {
  const __m512i q = broadcast(prime);
  for (std::size_t k = 0; k < count; k += 8) {
    const __m512i difference = _mm512_sub_epi64(load(a + k), load(b + k));
    // a negative difference is a large unsigned number
    store(d + k, _mm512_min_epu64(difference, _mm512_add_epi64(difference, q)));
  }
}

CIPHERSTREAM_IFMA void negate_words(std::uint64_t *d, const std::uint64_t *a, std::size_t count, std::uint64_t prime) {
  const __m512i q = broadcast(prime);
  for (std::size_t k = 0; k < count; k += 8) {
    const __m512i word = load(a + k);
    store(d + k, _mm512_maskz_sub_epi64(_mm512_test_epi64_mask(word, word), q, word));
  }
}

CIPHERSTREAM_IFMA void scale_words(std::uint64_t *d, const std::uint64_t *a, std::size_t count, std::uint64_t constant,
                                   std::uint64_t prime) {
  const __m512i q = broadcast(prime), factor = broadcast(constant);
  const __m512i quotient = broadcast(quotient52(constant, prime));
  for (std::size_t k = 0; k < count; k += 8) {
    store(d + k, subtract_once(multiply_lazy(load(a + k), factor, quotient, q), q));
  }
}

CIPHERSTREAM_IFMA void add_constant_words(std::uint64_t *d, const std::uint64_t *a, std::size_t count,
                                          std::uint64_t constant, std::uint64_t prime) {
  const __m512i q = broadcast(prime), addend = broadcast(constant);
  for (std::size_t k = 0; k < count; k += 8) {
    store(d + k, subtract_once(_mm512_add_epi64(load(a + k), addend), q));
  }
}

CIPHERSTREAM_IFMA void reduce_words(std::uint64_t *d, const std::uint64_t *a, std::size_t count, std::uint64_t prime) {
  const __m512i q = broadcast(prime), quotient = broadcast(quotient52(1, prime));
  for (std::size_t k = 0; k < count; k += 8) {
    store(d + k, subtract_once(multiply_lazy(load(a + k), broadcast(1), quotient, q), q));
  }
}

CIPHERSTREAM_IFMA std::uint64_t zero_words(const std::uint64_t *a, std::size_t count) {
  std::uint64_t sum = 0;
  for (std::size_t k = 0; k < count; k += 8) {
    const __m512i word = load(a + k);
    sum += static_cast<unsigned>(__builtin_popcount(_mm512_testn_epi64_mask(word, word)));
  }
  return sum;
}

// Word k = 8m + j of the result comes from word bitrev(((2 bitrev(k) + 1) g mod 2N) / 2). As
// bitrev(k) = bitrev(m) + bitrev(j) N/8, eight neighbours come from one line: base = (2 bitrev(m)
// + 1) g / 2 has the reversed number of the line below N/8, and above it the rotation of the words.
CIPHERSTREAM_IFMA void permute_words(std::uint64_t *d, const std::uint64_t *a, std::uint32_t galois,
                                     const std::uint16_t *reversed, std::size_t lines, const std::uint64_t *within) {
  const int bits = __builtin_ctzll(lines);
  __m512i order[8];
  for (std::size_t i = 0; i < 8; i++) {
    order[i] = load(within + 8 * i);
  }
  for (std::size_t m = 0; m < lines; m++) {
    const std::uint64_t base = ((2 * std::uint64_t{reversed[m]} + 1) * galois) >> 1;
    const std::size_t line = reversed[base & (lines - 1)];
    store(d + 8 * m, _mm512_permutexvar_epi64(order[(base >> bits) & 7], load(a + 8 * line)));
  }
}

}  // namespace

IfmaLimbKernels::IfmaLimbKernels(const RingTables &ring) : LimbKernels(ring), reversed_(ring.degree() / 8) {
  for (std::size_t m = 0; m < reversed_.size(); m++) {
    std::size_t back = 0;
    for (std::size_t low = 1, high = reversed_.size() / 2; high != 0; low <<= 1, high >>= 1) {
      back |= (m & low) != 0 ? high : 0;
    }
    reversed_[m] = static_cast<std::uint16_t>(back);
  }
  for (unsigned g = 0; g < 4; g++) {
    for (unsigned rotation = 0; rotation < 8; rotation++) {
      for (unsigned j = 0; j < 8; j++) {
        within_[(g * 8 + rotation) * 8 + j] = reversed3((rotation + reversed3(j) * (2 * g + 1)) & 7);
      }
    }
  }
}

void IfmaLimbKernels::ntt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const {
  if (q.ifma) {
    q.ifma->forward(a, d);
  } else {
    LimbKernels::ntt(q, d, a);
  }
}

void IfmaLimbKernels::intt(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a) const {
  if (q.ifma) {
    q.ifma->inverse(a, d);
  } else {
    LimbKernels::intt(q, d, a);
  }
}

void IfmaLimbKernels::ntt_of_reduced(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d,
                                     const std::uint64_t *a, std::uint64_t constant) const {
  if (!q.ifma || source.value() > kSourceEnd) {
    if (q.ifma) {
      LimbKernels::reduce(q, source, d, a, ring_.degree());
      q.ifma->forward_of_lifted(d, d, constant);
    } else {
      LimbKernels::ntt_of_reduced(q, source, d, a, constant);
    }
  } else if (constant == 0 && source.value() <= 4 * q.value()) {
    q.ifma->forward(a, d);
  } else {
    q.ifma->forward_of_lifted(a, d, constant);
  }
}

void IfmaLimbKernels::permute(std::uint64_t *d, const std::uint64_t *a, std::uint32_t galois) const {
  permute_words(d, a, galois, reversed_.data(), reversed_.size(), within_.data() + (galois >> 1 & 3) * 64);
}

void IfmaLimbKernels::products(const ModulusTables &q, const ProductChain &chain, Block block) const {
  if (q.ifma && chain.bits <= kChainBitsMax) {
    products_ifma(chain, nullptr, block, ring_.degree(), q.value());
  } else {
    LimbKernels::products(q, chain, block);
  }
}

void IfmaLimbKernels::products(const ModulusTables &q, const ProductChain *const *chains, std::size_t count,
                               Block block) const {
  for (std::size_t c = 0; c < count; c++) {
    if (q.ifma && c + 1 < count && std::max(chains[c]->bits, chains[c + 1]->bits) <= kChainBitsMax) {
      products_ifma(*chains[c], chains[c + 1], block, ring_.degree(), q.value());
      c++;
    } else {
      products(q, *chains[c], block);
    }
  }
}

std::optional<Kernel> IfmaLimbKernels::panels(const ModulusTables &q, int bits) const {
  return q.ifma && bits <= kChainBitsMax ? std::optional(Kernel::ifma) : std::nullopt;
}

// Sums and differences of words below 2^61 fit a word, whatever the modulus.
void IfmaLimbKernels::add(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                          std::size_t count) const {
  add_words(d, a, b, count, q.value());
}

void IfmaLimbKernels::subtract(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, const std::uint64_t *b,
                               std::size_t count) const {
  subtract_words(d, a, b, count, q.value());
}

void IfmaLimbKernels::negate(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a,
                             std::size_t count) const {
  negate_words(d, a, count, q.value());
}

void IfmaLimbKernels::scale(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant,
                            std::size_t count) const {
  if (q.ifma) {
    scale_words(d, a, count, constant, q.value());
  } else {
    LimbKernels::scale(q, d, a, constant, count);
  }
}

void IfmaLimbKernels::add_constant(const ModulusTables &q, std::uint64_t *d, const std::uint64_t *a,
                                   std::uint64_t constant, std::size_t count) const {
  add_constant_words(d, a, count, constant, q.value());
}

void IfmaLimbKernels::reduce(const ModulusTables &q, const ModulusTables &source, std::uint64_t *d,
                             const std::uint64_t *a, std::size_t count) const {
  if (source.value() <= q.value()) {
    if (d != a) {
      std::memcpy(d, a, count * sizeof(std::uint64_t));
    }
  } else if (q.ifma && source.value() <= kSourceEnd) {
    reduce_words(d, a, count, q.value());
  } else {
    LimbKernels::reduce(q, source, d, a, count);
  }
}

std::uint64_t IfmaLimbKernels::zeros(const std::uint64_t *a, std::size_t count) const { return zero_words(a, count); }

}  // namespace cipherstream

#endif
