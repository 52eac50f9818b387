#include "products_avx2.h"

#include <algorithm>

#if defined(__x86_64__)

#include "avx2.h"

namespace cipherstream {

using namespace avx2;

namespace {

constexpr int kBitsMax = 30;
constexpr std::size_t kVectors = 4;
constexpr std::size_t kStep = kLanes * kVectors;

// Products below 2^(2 bits) and one word d that 64 bits hold.
std::size_t products_between_reductions(int bits) { return (std::size_t{1} << (64 - 2 * bits)) - 1; }

// b's words for the four words from k on.
CIPHERSTREAM_AVX2_INLINE __m256i operand_b(const Product &x, std::size_t k, std::size_t degree) {
  if (x.repeat.none()) {
    return load(x.b + k);
  }
  if (x.repeat.shift >= 2) {
    return broadcast(x.b[x.repeat.index(k, degree)]);
  }
  std::uint64_t spread[kLanes];
  for (std::size_t i = 0; i < kLanes; i++) {
    spread[i] = x.b[x.repeat.index(k + i, degree)];
  }
  return load(spread);
}

struct Sum {
  __m256i vectors[kVectors];
};

CIPHERSTREAM_AVX2_INLINE void begin(Sum &sum, const std::uint64_t *d, bool accumulates) {
  for (std::size_t v = 0; v < kVectors; v++) {
    sum.vectors[v] = accumulates ? load(d + kLanes * v) : _mm256_setzero_si256();
  }
}

CIPHERSTREAM_AVX2_INLINE void end(const Sum &sum, std::uint64_t *d, const Reduction &reduced) {
  for (std::size_t v = 0; v < kVectors; v++) {
    store(d + kLanes * v, reduced(sum.vectors[v]));
  }
}

CIPHERSTREAM_AVX2_INLINE void add_product(__m256i &sum, __m256i a, __m256i b) {
  sum = _mm256_add_epi64(sum, _mm256_mul_epu32(a, b));
}

// As many sums as chains, which read the same a.
template <std::size_t chains>
CIPHERSTREAM_AVX2_INLINE void accumulate(Sum *sums, const Product *const *x, std::size_t k, std::size_t degree) {
  const Repeat repeat = x[0]->repeat;
  if (repeat.shift >= 4) {
    const std::size_t index = repeat.index(k, degree);
    __m256i b[chains];
    for (std::size_t c = 0; c < chains; c++) {
      b[c] = broadcast(x[c]->b[index]);
    }
    for (std::size_t v = 0; v < kVectors; v++) {
      const __m256i a = load(x[0]->a + k + kLanes * v);
      for (std::size_t c = 0; c < chains; c++) {
        add_product(sums[c].vectors[v], a, b[c]);
      }
    }
    return;
  }
  for (std::size_t v = 0; v < kVectors; v++) {
    const std::size_t at = k + kLanes * v;
    const __m256i a = load(x[0]->a + at);
    for (std::size_t c = 0; c < chains; c++) {
      add_product(sums[c].vectors[v], a, operand_b(*x[c], at, degree));
    }
  }
}

// Products from `from` to `to` of every chain, over the words of a block.
template <std::size_t chains>
CIPHERSTREAM_AVX2_INLINE void run(const Chain *const (&chain)[chains], std::size_t from, std::size_t to, Block block,
                                  std::size_t degree, const Reduction &reduced) {
  for (std::size_t k = block.from; k < block.from + block.count; k += kStep) {
    Sum sums[chains];
    for (std::size_t c = 0; c < chains; c++) {
      begin(sums[c], chain[c]->d + k, chain[c]->accumulate || from != 0);
    }
    for (std::size_t i = from; i < to; i++) {
      const Product *x[chains];
      bool alike = true;
      for (std::size_t c = 0; c < chains; c++) {
        x[c] = chain[c]->products + i;
        alike = alike && x[c]->a == x[0]->a;
      }
      if (alike) {
        accumulate<chains>(sums, x, k, degree);
        continue;
      }
      for (std::size_t c = 0; c < chains; c++) {
        accumulate<1>(&sums[c], &x[c], k, degree);
      }
    }
    for (std::size_t c = 0; c < chains; c++) {
      end(sums[c], chain[c]->d + k, reduced);
    }
  }
}

}  // namespace

bool fits_avx2(const Chain &chain) { return chain.bits <= kBitsMax; }

CIPHERSTREAM_AVX2 void products_avx2(const Chain &chain, Block block, std::size_t degree, const seal::Modulus &q) {
  const Reduction reduced(q.value(), 32);
  const std::size_t most = products_between_reductions(chain.bits);
  const Chain *const alone[1] = {&chain};
  for (std::size_t from = 0; from < chain.count; from += most) {
    run(alone, from, std::min(from + most, chain.count), block, degree, reduced);
  }
}

CIPHERSTREAM_AVX2 void products_avx2(const Chain &one, const Chain &two, Block block, std::size_t degree,
                                     const seal::Modulus &q) {
  const Reduction reduced(q.value(), 32);
  const std::size_t most = products_between_reductions(std::max(one.bits, two.bits));
  const Chain *const both[2] = {&one, &two};
  for (std::size_t from = 0; from < one.count; from += most) {
    run(both, from, std::min(from + most, one.count), block, degree, reduced);
  }
}

}  // namespace cipherstream

#else

namespace cipherstream {

bool fits_avx2(const Chain &) { return false; }

void products_avx2(const Chain &, Block, std::size_t, const seal::Modulus &) {}

void products_avx2(const Chain &, const Chain &, Block, std::size_t, const seal::Modulus &) {}

}  // namespace cipherstream

#endif
