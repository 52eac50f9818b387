// A sum of products a b < 2^P has two doubles: high, a multiple of 2^k, and low.
//
// high begins at 2^(52 + k), and the sum of the products stays below that: so all its values are in
// [2^(52 + k), 2^(53 + k)], where doubles are the multiples of 2^k. high' = high + a b, rounded once by
// an FMA, is off by at most 2^(k - 1); high' - high is exact, and so is a b - (high' - high), which low
// takes up: four operations a product. With n < 2^j products and k = P + j - 52, high has room. With
// j <= (106 - P) / 2, low, which begins below p <= 2^(P/2), stays below 2^53: n 2^(k - 1) + 2^(P/2) <=
// 2^(P + 2j - 53) - 2^(P + j - 53) + 2^(P/2) <= 2^53, as P/2 <= P + j - 53 where P is even; where it is
// odd, the first term is at most 2^52. Longer sums are reduced in between.
#include "products_avx2_long.h"

#if defined(__x86_64__)

#include <cstring>

#include "avx2_doubles.h"
#include "products_avx2_steps.h"

namespace cipherstream {

using namespace avx2;

namespace {

struct Pair {
  __m256d high, low;
};

struct Pairs {
  using Operand = __m256d;
  using Sum = Pair;

  doubles::Prime p;
  std::size_t most;  // n
  __m256d start;     // 2^(52 + k)

  CIPHERSTREAM_AVX2_INLINE Pairs(std::uint64_t prime, int product_bits) : p(prime) {
    const int j = std::min((106 - product_bits) / 2, 20);
    most = (std::size_t{1} << j) - 1;
    start = _mm256_set1_pd(static_cast<double>(std::uint64_t{1} << 50) *
                           static_cast<double>(std::uint64_t{1} << (product_bits + j - 50)));
  }

  static std::uint64_t stored(std::uint64_t word) {
    const auto value = static_cast<double>(word);
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }

  CIPHERSTREAM_AVX2_INLINE __m256d operand(__m256i words) const { return doubles::from_words(words); }
  CIPHERSTREAM_AVX2_INLINE __m256d factor(__m256i bits) const { return _mm256_castsi256_pd(bits); }
  CIPHERSTREAM_AVX2_INLINE Pair sum(__m256i words) const { return {start, doubles::from_words(words)}; }
  CIPHERSTREAM_AVX2_INLINE void accumulate(Pair &sum, __m256d a, __m256d b) const {
    const __m256d high = _mm256_fmadd_pd(a, b, sum.high);
    sum.low = _mm256_add_pd(sum.low, _mm256_fmsub_pd(a, b, _mm256_sub_pd(high, sum.high)));
    sum.high = high;
  }
  // low is at most p/2 + 1. The quotient, of at most 2^(52 + k) / p, is off by at most 1/2 + 2^k / p, so
  // what is left of high is at most p/2 + 2^k <= 2^49 + 2^51.
  CIPHERSTREAM_AVX2_INLINE Pair folded(const Pair &sum) const {
    const __m256d high = _mm256_sub_pd(sum.high, start);
    const __m256d quotient =
        _mm256_round_pd(_mm256_mul_pd(high, p.inverse), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return {start, p.reduced(_mm256_add_pd(_mm256_fnmadd_pd(quotient, p.p, high), p.reduced(sum.low)))};
  }
  CIPHERSTREAM_AVX2_INLINE __m256i word(const Pair &sum) const { return p.canonical(sum.low); }
};

template <int vectors, int chains>
CIPHERSTREAM_AVX2 void run_long(const ProductChain *const (&chain)[chains], Block block, std::size_t degree,
                                std::uint64_t p) {
  int bits = 0;
  for (const ProductChain *each : chain) {
    bits = std::max(bits, each->bits);
  }
  avx2::run<Pairs, vectors>(Pairs(p, bits + 64 - __builtin_clzll(p)), chain, block, degree);
}

// d = a b. The quotient is off by at most 1/2 + a b / p 2^-52 <= 3/4.
CIPHERSTREAM_AVX2 void run_single(std::uint64_t *d, const Product &x, Block block, std::size_t degree,
                                  std::uint64_t prime) {
  const doubles::Prime p(prime);
  std::uint64_t room[kLanes];
  for (std::size_t k = block.from; k < block.from + block.count; k += kLanes) {
    const __m256d a = doubles::from_words(load(x.a + k));
    const __m256d b = doubles::from_words(load(operand_b<1>(x, k, degree, room)));
    const __m256d high = _mm256_mul_pd(a, b);
    const __m256d quotient = _mm256_sub_pd(_mm256_fmadd_pd(high, p.inverse, p.rounds), p.rounds);
    const __m256d low = _mm256_fmsub_pd(a, b, high);
    store(d + k, p.canonical(_mm256_add_pd(_mm256_fnmadd_pd(quotient, p.p, high), low)));
  }
}

}  // namespace

bool fits_avx2_long(const ProductChain &chain) { return chain.bits <= kLongBitsMax; }

void products_avx2_long(const ProductChain &one, Block block, std::size_t degree, std::uint64_t p) {
  if (one.count == 1 && !one.accumulate) {
    run_single(one.d, *one.products, block, degree, p);
  } else {
    run_long<kSums / 2, 1>({&one}, block, degree, p);
  }
}

void products_avx2_long(const ProductChain *const (&two)[2], Block block, std::size_t degree, std::uint64_t p) {
  run_long<kSums / 4, 2>(two, block, degree, p);
}

void products_avx2_long(const ProductChain *const (&four)[4], Block block, std::size_t degree, std::uint64_t p) {
  run_long<kSums / 4, 4>(four, block, degree, p);
}

}  // namespace cipherstream

#else

namespace cipherstream {

bool fits_avx2_long(const ProductChain &) { return false; }

void products_avx2_long(const ProductChain &, Block, std::size_t, std::uint64_t) {}

void products_avx2_long(const ProductChain *const (&)[2], Block, std::size_t, std::uint64_t) {}

void products_avx2_long(const ProductChain *const (&)[4], Block, std::size_t, std::uint64_t) {}

}  // namespace cipherstream

#endif
