#include "products_avx2.h"

#include <algorithm>

#if defined(__x86_64__)

#include "avx2_operands.h"
#include "avx2_short.h"

namespace cipherstream {

using namespace avx2;

namespace {

constexpr int kBitsMax = 30;
constexpr std::size_t kVectors = 4;
constexpr std::size_t kStep = kLanes * kVectors;

// Products below 2^(2 bits) and one word d that 64 bits hold.
std::size_t products_between_reductions(int bits) { return (std::size_t{1} << (64 - 2 * bits)) - 1; }

CIPHERSTREAM_AVX2_INLINE void accumulate(__m256i (&sum)[kVectors], const Product &x, std::size_t k,
                                         std::size_t degree) {
  if (x.repeat.shift >= 4) {
    const __m256i b = broadcast(x.b[x.repeat.index(k, degree)]);
    for (std::size_t v = 0; v < kVectors; v++) {
      sum[v] = _mm256_add_epi64(sum[v], _mm256_mul_epu32(load(x.a + k + kLanes * v), b));
    }
    return;
  }
  for (std::size_t v = 0; v < kVectors; v++) {
    const std::size_t at = k + kLanes * v;
    sum[v] = _mm256_add_epi64(sum[v], _mm256_mul_epu32(load(x.a + at), operand_b(x, at, degree)));
  }
}

}  // namespace

bool fits_avx2(const Chain &chain) { return chain.bits <= kBitsMax; }

CIPHERSTREAM_AVX2 void products_avx2(const Chain &chain, Block block, std::size_t degree, const LongWords &sums) {
  const Reduction reduced(sums);
  const std::size_t most = products_between_reductions(chain.bits);
  for (std::size_t from = 0; from < chain.count; from += most) {
    const std::size_t to = std::min(from + most, chain.count);
    const bool accumulates = chain.accumulate || from != 0;
    for (std::size_t k = block.from; k < block.from + block.count; k += kStep) {
      __m256i sum[kVectors];
      for (std::size_t v = 0; v < kVectors; v++) {
        sum[v] = accumulates ? load(chain.d + k + kLanes * v) : _mm256_setzero_si256();
      }
      for (std::size_t i = from; i < to; i++) {
        accumulate(sum, chain.products[i], k, degree);
      }
      for (std::size_t v = 0; v < kVectors; v++) {
        store(chain.d + k + kLanes * v, reduced(sum[v]));
      }
    }
  }
}

}  // namespace cipherstream

#else

namespace cipherstream {

bool fits_avx2(const Chain &) { return false; }

void products_avx2(const Chain &, Block, std::size_t, const LongWords &) {}

}  // namespace cipherstream

#endif
