// A product a b < 2^100 of integers in doubles is parted by two FMAs. high = a b + 2^103, rounded, is a multiple
// of 2^51 in [2^103, 2^104), where the bits of doubles, read as integers, count these multiples. What rounding
// took, at most 2^50 either way, is exact in a b - (high - 2^103), and so is low, the same plus 1.5 * 2^52, which
// lies in [2^52, 2^53), where bits count ones. So sums are sums of integers: 2^12 products come to at most 2^61
// multiples of 2^51 and, either way, 2^62 ones.
#include "panel.h"

#if defined(__x86_64__)

#include <algorithm>

#include "avx2_doubles.h"

namespace cipherstream {

using namespace avx2;

namespace {

constexpr std::size_t kProductsBetweenReductions = std::size_t{1} << 12;
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
constexpr double kTwo31 = 2147483648.0;
constexpr double kTwo51 = 2251799813685248.0;
constexpr double kHigh = kTwo51 * doubles::kTwo52;      // 2^103
constexpr double kLow = kHigh + 1.5 * doubles::kTwo52;  // and 1.5 * 2^52, exact

// high of 2^51, low of 1.
struct Sum {
  __m256i high, low;
};

struct Constants {
  doubles::Prime p;
  doubles::Factor two32, two51, two83;

  CIPHERSTREAM_AVX2_INLINE explicit Constants(const PanelPrime &q)
      : p(q.modulus.value()),
        two32(p.factor(q.two32, q.modulus.value())),
        two51(p.factor(q.two51, q.modulus.value())),
        two83(p.factor(q.two83, q.modulus.value())) {}
};

CIPHERSTREAM_AVX2_INLINE __m256i bits(double x) { return _mm256_castpd_si256(_mm256_set1_pd(x)); }

CIPHERSTREAM_AVX2_INLINE __m256d upper(__m256i words) { return doubles::from_words(_mm256_srli_epi64(words, 32)); }

CIPHERSTREAM_AVX2_INLINE __m256d lower(__m256i words) {
  return doubles::from_words(_mm256_and_si256(words, broadcast(0xffffffff)));
}

// The canonical words of a sum. Four halves below 2^32, three of them times a constant: together at most 2 p + 2^32.
CIPHERSTREAM_AVX2_INLINE __m256i reduced(const Sum &sum, const Constants &with) {
  const __m256i low = _mm256_xor_si256(sum.low, broadcast(kSign));
  const __m256d value = _mm256_add_pd(
      _mm256_add_pd(with.p.times(upper(sum.high), with.two83), with.p.times(lower(sum.high), with.two51)),
      _mm256_add_pd(with.p.times(_mm256_sub_pd(upper(low), _mm256_set1_pd(kTwo31)), with.two32), lower(low)));
  return with.p.canonical(with.p.reduced(value));
}

// Two rows of two vectors: their four sums and what these are made of fit the registers.
struct Tile {
  Sum a0, a1, b0, b1;
};

CIPHERSTREAM_AVX2_INLINE void accumulate(Sum &sum, __m256d a, __m256d b, __m256d high_start, __m256d low_start) {
  const __m256d high = _mm256_fmadd_pd(a, b, high_start);
  const __m256d low = _mm256_fmadd_pd(a, b, _mm256_sub_pd(low_start, high));
  sum.high = _mm256_add_epi64(sum.high, _mm256_castpd_si256(high));
  sum.low = _mm256_add_epi64(sum.low, _mm256_castpd_si256(low));
}

// The products of two rows of factors, the second `second` words behind the first, with words [0, 8) of operands.
// A function of its own: what the caller holds would push sums out of the registers.
[[gnu::noinline]] CIPHERSTREAM_AVX2 Tile products(const std::uint64_t *factors, std::size_t second,
                                                  const std::uint32_t *columns, std::size_t count,
                                                  const std::uint64_t *words) {
  const __m256d high_start = _mm256_set1_pd(kHigh), low_start = _mm256_set1_pd(kLow);
  const Sum zero = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  Sum a0 = zero, a1 = zero, b0 = zero, b1 = zero;
  for (std::size_t i = 0; i < count; i++, factors += kPanelRows) {
    const std::uint64_t *x = words + columns[i] * kStepWords;
    const __m256d x0 = doubles::load(x), x1 = doubles::load(x + kLanes);
    const __m256d a = _mm256_castsi256_pd(broadcast(factors[0]));
    accumulate(a0, x0, a, high_start, low_start);
    accumulate(a1, x1, a, high_start, low_start);
    const __m256d b = _mm256_castsi256_pd(broadcast(factors[second]));
    accumulate(b0, x0, b, high_start, low_start);
    accumulate(b1, x1, b, high_start, low_start);
  }
  return {a0, a1, b0, b1};
}

// The bits of the starts, once a product, are taken off; what came before is in low.
CIPHERSTREAM_AVX2_INLINE void fold(Sum &sum, __m256i high_bits, __m256i low_bits, const Constants &with) {
  sum = {_mm256_setzero_si256(),
         reduced({_mm256_sub_epi64(sum.high, high_bits), _mm256_sub_epi64(sum.low, low_bits)}, with)};
}

CIPHERSTREAM_AVX2_INLINE void add_low(Sum &sum, const Sum &before) { sum.low = _mm256_add_epi64(sum.low, before.low); }

// Rows row and row + second of words [at, at + 8) of a step; one row twice if second is 0.
CIPHERSTREAM_AVX2 Tile tile(const Panel &panel, const std::uint64_t *words, std::size_t row, std::size_t second,
                            const Constants &with) {
  const Sum zero = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  Tile t = {zero, zero, zero, zero};
  for (std::size_t i = 0; i < panel.count; i += kProductsBetweenReductions) {
    const std::size_t count = std::min(panel.count - i, kProductsBetweenReductions);
    Tile more = products(panel.factors + i * kPanelRows + row, second, panel.columns + i, count, words);
    const __m256i high_bits = broadcast(count * static_cast<std::uint64_t>(_mm256_extract_epi64(bits(kHigh), 0)));
    const __m256i low_bits =
        broadcast(count * static_cast<std::uint64_t>(_mm256_extract_epi64(bits(1.5 * doubles::kTwo52), 0)));
    add_low(more.a0, t.a0);
    add_low(more.a1, t.a1);
    add_low(more.b0, t.b0);
    add_low(more.b1, t.b1);
    t = more;
    fold(t.a0, high_bits, low_bits, with);
    fold(t.a1, high_bits, low_bits, with);
    fold(t.b0, high_bits, low_bits, with);
    fold(t.b1, high_bits, low_bits, with);
  }
  return t;
}

}  // namespace

CIPHERSTREAM_AVX2 void panel_words_avx2(const std::uint64_t *from, std::uint64_t *to) {
  for (std::size_t k = 0; k < kStepWords; k += kLanes) {
    doubles::store(to + k, doubles::from_words(load(from + k)));
  }
}

CIPHERSTREAM_AVX2 void panel_step_avx2(const Panel &panel, const std::uint64_t *words, std::size_t rows,
                                       std::uint64_t *const *to, const PanelPrime &q) {
  const Constants with(q);
  for (std::size_t at = 0; at < kStepWords; at += 2 * kLanes) {
    for (std::size_t row = 0; row < rows; row += 2) {
      const std::size_t second = row + 1 < rows ? 1 : 0;
      const Tile t = tile(panel, words + at, row, second, with);
      store(to[row] + at, t.a0.low);
      store(to[row] + at + kLanes, t.a1.low);
      store(to[row + second] + at, t.b0.low);
      store(to[row + second] + at + kLanes, t.b1.low);
    }
  }
}

}  // namespace cipherstream

#endif
