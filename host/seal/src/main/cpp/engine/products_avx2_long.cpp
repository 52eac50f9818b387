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

#include <algorithm>

#if defined(__x86_64__)

#include "avx2_doubles.h"
#include "avx2_operands.h"

namespace cipherstream {

using namespace avx2;

namespace {

constexpr int kBitsMax = 50;
// Words that a step keeps in registers, of one chain or of both.
constexpr int kVectors = 4;

// What holds for all products of a chain.
struct Length {
  std::size_t most;  // products between reductions
  double start;      // 2^(52 + k)

  explicit Length(int product_bits) {
    const int j = std::min((106 - product_bits) / 2, 20);
    most = (std::size_t{1} << j) - 1;
    start =
        static_cast<double>(std::uint64_t{1} << 50) * static_cast<double>(std::uint64_t{1} << (product_bits + j - 50));
  }
};

struct Sum {
  __m256d high, low;
};

CIPHERSTREAM_AVX2_INLINE void accumulate(Sum &sum, __m256d a, __m256d b) {
  const __m256d high = _mm256_fmadd_pd(a, b, sum.high);
  sum.low = _mm256_add_pd(sum.low, _mm256_fmsub_pd(a, b, _mm256_sub_pd(high, sum.high)));
  sum.high = high;
}

// The sum modulo p, at most p/2 + 1. The quotient, of at most 2^(52 + k), is off by at most 1/2 +
// 2^k / p, so what is left of high is at most p/2 + 2^k <= 2^49 + 2^51.
CIPHERSTREAM_AVX2_INLINE __m256d reduce(const Sum &sum, __m256d start, const doubles::Prime &p) {
  const __m256d high = _mm256_sub_pd(sum.high, start);
  const __m256d quotient =
      _mm256_round_pd(_mm256_mul_pd(high, p.inverse), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return p.reduced(_mm256_add_pd(_mm256_fnmadd_pd(quotient, p.p, high), p.reduced(sum.low)));
}

CIPHERSTREAM_AVX2_INLINE __m256d words(const std::uint64_t *from) { return doubles::from_words(load(from)); }

// Words [k, k + 4 * vectors) of `chains` chains.
template <int vectors, int chains>
CIPHERSTREAM_AVX2_INLINE void step(const Chain *const (&chain)[2], std::size_t k, std::size_t degree,
                                   const Length &length, const doubles::Prime &p) {
  const __m256d start = _mm256_set1_pd(length.start);
  const std::size_t count = chain[0]->count;
  Sum sum[chains][vectors];
  for (int c = 0; c < chains; c++) {
    for (int v = 0; v < vectors; v++) {
      sum[c][v] = {start, chain[c]->accumulate ? words(chain[c]->d + k + kLanes * v) : _mm256_setzero_pd()};
    }
  }
  for (std::size_t from = 0;;) {
    const std::size_t to = std::min(from + length.most, count);
    for (std::size_t i = from; i < to; i++) {
      const Product &x = chain[0]->products[i], &y = chain[chains - 1]->products[i];
      if (x.repeat.shift >= 4) {
        const std::size_t index = x.repeat.index(k, degree);
        const __m256d bx = doubles::from_words(broadcast(x.b[index])), by = doubles::from_words(broadcast(y.b[index]));
        for (int v = 0; v < vectors; v++) {
          const __m256d a = words(x.a + k + kLanes * v);
          accumulate(sum[0][v], a, bx);
          if (chains == 2) {
            accumulate(sum[chains - 1][v], x.a == y.a ? a : words(y.a + k + kLanes * v), by);
          }
        }
        continue;
      }
      for (int v = 0; v < vectors; v++) {
        const std::size_t at = k + kLanes * v;
        const __m256d a = words(x.a + at);
        accumulate(sum[0][v], a, doubles::from_words(operand_b(x, at, degree)));
        if (chains == 2) {
          accumulate(sum[chains - 1][v], x.a == y.a ? a : words(y.a + at),
                     doubles::from_words(operand_b(y, at, degree)));
        }
      }
    }
    for (int c = 0; c < chains; c++) {
      for (int v = 0; v < vectors; v++) {
        sum[c][v] = {start, reduce(sum[c][v], start, p)};
      }
    }
    if (to == count) {
      break;
    }
    from = to;
  }
  for (int c = 0; c < chains; c++) {
    for (int v = 0; v < vectors; v++) {
      store(chain[c]->d + k + kLanes * v, p.canonical(sum[c][v].low));
    }
  }
}

template <int vectors, int chains>
CIPHERSTREAM_AVX2 void run(const Chain &one, const Chain *two, Block block, std::size_t degree, const Length &length,
                           std::uint64_t prime) {
  const doubles::Prime p(prime);
  const Chain *const chain[2] = {&one, two};
  for (std::size_t k = block.from; k < block.from + block.count; k += kLanes * vectors) {
    step<vectors, chains>(chain, k, degree, length, p);
  }
}

// d = a b. The quotient is off by at most 1/2 + a b / p 2^-52 <= 3/4.
CIPHERSTREAM_AVX2 void run_single(std::uint64_t *d, const Product &x, Block block, std::size_t degree,
                                  std::uint64_t prime) {
  const doubles::Prime p(prime);
  for (std::size_t k = block.from; k < block.from + block.count; k += kLanes) {
    const __m256d a = words(x.a + k), b = doubles::from_words(operand_b(x, k, degree));
    const __m256d high = _mm256_mul_pd(a, b);
    const __m256d quotient = _mm256_sub_pd(_mm256_fmadd_pd(high, p.inverse, p.rounds), p.rounds);
    const __m256d low = _mm256_fmsub_pd(a, b, high);
    store(d + k, p.canonical(_mm256_add_pd(_mm256_fnmadd_pd(quotient, p.p, high), low)));
  }
}

}  // namespace

bool fits_avx2_long(const Chain &chain) { return chain.bits <= kBitsMax; }

void products_avx2_long(const Chain &one, const Chain *two, Block block, std::size_t degree, std::uint64_t p) {
  const Length length(std::max(one.bits, two != nullptr ? two->bits : 0) + 64 - __builtin_clzll(p));
  if (two != nullptr) {
    run<kVectors / 2, 2>(one, two, block, degree, length, p);
  } else if (one.count == 1 && !one.accumulate) {
    run_single(one.d, *one.products, block, degree, p);
  } else {
    run<kVectors, 1>(one, nullptr, block, degree, length, p);
  }
}

}  // namespace cipherstream

#else

namespace cipherstream {

bool fits_avx2_long(const Chain &) { return false; }

void products_avx2_long(const Chain &, const Chain *, Block, std::size_t, std::uint64_t) {}

}  // namespace cipherstream

#endif
