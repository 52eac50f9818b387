#include "products_avx2.h"

#if defined(__x86_64__)

#include "avx2_short.h"
#include "products_avx2_steps.h"

namespace cipherstream {

using namespace avx2;

namespace {

struct Words {
  using Operand = __m256i;
  using Sum = __m256i;

  Reduction reduced;
  std::size_t most;  // products below 2^(2 bits), and one word, that 64 bits hold

  CIPHERSTREAM_AVX2_INLINE Words(const LongWords &sums, int bits)
      : reduced(sums), most((std::size_t{1} << (64 - 2 * bits)) - 1) {}

  static std::uint64_t stored(std::uint64_t word) { return word; }

  CIPHERSTREAM_AVX2_INLINE __m256i operand(__m256i words) const { return words; }
  CIPHERSTREAM_AVX2_INLINE __m256i factor(__m256i words) const { return words; }
  CIPHERSTREAM_AVX2_INLINE __m256i sum(__m256i words) const { return words; }
  CIPHERSTREAM_AVX2_INLINE void accumulate(__m256i &sum, __m256i a, __m256i b) const {
    sum = _mm256_add_epi64(sum, _mm256_mul_epu32(a, b));
  }
  CIPHERSTREAM_AVX2_INLINE __m256i folded(__m256i sum) const { return reduced(sum); }
  CIPHERSTREAM_AVX2_INLINE __m256i word(__m256i sum) const { return sum; }
};

template <int vectors, int chains>
CIPHERSTREAM_AVX2 void run_short(const ProductChain *const (&chain)[chains], Block block, std::size_t degree,
                                 const LongWords &sums) {
  int bits = 0;
  for (const ProductChain *each : chain) {
    bits = std::max(bits, each->bits);
  }
  avx2::run<Words, vectors>(Words(sums, bits), chain, block, degree);
}

}  // namespace

bool fits_avx2(const ProductChain &chain) { return chain.bits <= kShortBitsMax; }

void products_avx2(const ProductChain &one, Block block, std::size_t degree, const LongWords &sums) {
  if (block.count % (kLanes * kSums) == 0) {
    run_short<kSums, 1>({&one}, block, degree, sums);
  } else {
    run_short<kSums / 2, 1>({&one}, block, degree, sums);
  }
}

void products_avx2(const ProductChain *const (&two)[2], Block block, std::size_t degree, const LongWords &sums) {
  run_short<kSums / 2, 2>(two, block, degree, sums);
}

void products_avx2(const ProductChain *const (&four)[4], Block block, std::size_t degree, const LongWords &sums) {
  run_short<kSums / 4, 4>(four, block, degree, sums);
}

}  // namespace cipherstream

#else

namespace cipherstream {

bool fits_avx2(const ProductChain &) { return false; }

void products_avx2(const ProductChain &, Block, std::size_t, const LongWords &) {}

void products_avx2(const ProductChain *const (&)[2], Block, std::size_t, const LongWords &) {}

void products_avx2(const ProductChain *const (&)[4], Block, std::size_t, const LongWords &) {}

}  // namespace cipherstream

#endif
