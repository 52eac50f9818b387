// Words below 2^50 are split into 26 low and 24 high bits, whose products 32-bit multiplications
// give: sum = high * 2^52 + middle * 2^26 + low, three sums in registers. Operands b are below q,
// so that a sum over q is below 2^56 whatever modulus operands a are of.
#include "products_avx512.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>

#define CIPHERSTREAM_AVX512 __attribute__((target("avx512f,avx512dq")))
#define CIPHERSTREAM_AVX512_INLINE __attribute__((target("avx512f,avx512dq"), always_inline)) inline

namespace cipherstream {

namespace {

// With d: keeps high below 2^54, so that both quotients below fit 32 bits.
constexpr std::size_t kProductsBetweenReductions = 63;
constexpr std::size_t kVectors = 2;
constexpr std::size_t kStep = 8 * kVectors;

struct Sum {
  __m512i low, middle, high;
};

struct Constants {
  __m512i q, q_high;
  __m512d ratio;  // 2^26 / q
};

CIPHERSTREAM_AVX512_INLINE __m512i low26(__m512i word) {
  return _mm512_and_si512(word, _mm512_set1_epi64((1 << 26) - 1));
}

CIPHERSTREAM_AVX512_INLINE __m512i load(const std::uint64_t *words) {
  return _mm512_loadu_si512(static_cast<const void *>(words));
}

CIPHERSTREAM_AVX512_INLINE void accumulate(Sum &sum, __m512i a, __m512i b_low, __m512i b_high) {
  const __m512i a_low = low26(a), a_high = _mm512_srli_epi64(a, 26);
  sum.low = _mm512_add_epi64(sum.low, _mm512_mul_epu32(a_low, b_low));
  sum.middle = _mm512_add_epi64(sum.middle, _mm512_mul_epu32(a_low, b_high));
  sum.middle = _mm512_add_epi64(sum.middle, _mm512_mul_epu32(a_high, b_low));
  sum.high = _mm512_add_epi64(sum.high, _mm512_mul_epu32(a_high, b_high));
}

// value * 2^26 + next modulo q, in [0, 2q), for next < 2^26: a double's estimate of the quotient
// is at most 1 off, and the difference is small enough to be known from its low 64 bits.
CIPHERSTREAM_AVX512_INLINE __m512i fold(__m512i value, __m512i next, const Constants &c) {
  const __m512i quotient = _mm512_cvttpd_epi64(_mm512_mul_pd(_mm512_cvtepi64_pd(value), c.ratio));
  const __m512i product =
      _mm512_add_epi64(_mm512_mul_epu32(quotient, c.q), _mm512_slli_epi64(_mm512_mul_epu32(quotient, c.q_high), 32));
  const __m512i rest = _mm512_sub_epi64(_mm512_add_epi64(_mm512_slli_epi64(value, 26), next), product);
  // a negative rest is a large unsigned number
  return _mm512_min_epu64(rest, _mm512_add_epi64(rest, c.q));
}

CIPHERSTREAM_AVX512_INLINE __m512i reduce(const Sum &sum, const Constants &c) {
  const __m512i middle = _mm512_add_epi64(sum.middle, _mm512_srli_epi64(sum.low, 26));
  const __m512i high = _mm512_add_epi64(sum.high, _mm512_srli_epi64(middle, 26));
  const __m512i value = fold(fold(high, low26(middle), c), low26(sum.low), c);
  return _mm512_min_epu64(value, _mm512_sub_epi64(value, c.q));
}

// b's words for the 8 words from k on.
CIPHERSTREAM_AVX512_INLINE __m512i operand_b(const Product &x, std::size_t k, std::size_t degree) {
  if (x.repeat.none()) {
    return load(x.b + k);
  }
  if (x.repeat.shift >= 3) {
    return _mm512_set1_epi64(static_cast<long long>(x.b[x.repeat.index(k, degree)]));
  }
  std::uint64_t spread[8];
  for (std::size_t i = 0; i < 8; i++) {
    spread[i] = x.b[x.repeat.index(k + i, degree)];
  }
  return load(spread);
}

CIPHERSTREAM_AVX512_INLINE void accumulate(Sum (&sum)[kVectors], const Product &x, std::size_t k, std::size_t degree) {
  if (x.repeat.shift >= 4) {
    const __m512i b = operand_b(x, k, degree);
    const __m512i b_low = low26(b), b_high = _mm512_srli_epi64(b, 26);
    for (std::size_t v = 0; v < kVectors; v++) {
      accumulate(sum[v], load(x.a + k + 8 * v), b_low, b_high);
    }
    return;
  }
  for (std::size_t v = 0; v < kVectors; v++) {
    const __m512i b = operand_b(x, k + 8 * v, degree);
    accumulate(sum[v], load(x.a + k + 8 * v), low26(b), _mm512_srli_epi64(b, 26));
  }
}

}  // namespace

bool fits_avx512(const seal::Modulus &q) {
  static const bool able = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0;
  return able && q.bit_count() >= 32 && q.bit_count() <= 50;
}

CIPHERSTREAM_AVX512 void products_avx512(const ProductChain &chain, Block block, std::size_t degree,
                                         const seal::Modulus &q) {
  const Constants constants = {_mm512_set1_epi64(static_cast<long long>(q.value())),
                               _mm512_set1_epi64(static_cast<long long>(q.value() >> 32)),
                               _mm512_set1_pd(static_cast<double>(1 << 26) / static_cast<double>(q.value()))};
  const __m512i zero = _mm512_setzero_si512();
  const Product *const end = chain.products + chain.count;
  for (const Product *begin = chain.products; begin != end;) {
    const Product *const stop =
        begin + std::min<std::size_t>(kProductsBetweenReductions, static_cast<std::size_t>(end - begin));
    const bool accumulates = chain.accumulate || begin != chain.products;
    for (std::size_t k = block.from; k < block.from + block.count; k += kStep) {
      Sum sum[kVectors];
      for (std::size_t v = 0; v < kVectors; v++) {
        sum[v] = {accumulates ? load(chain.d + k + 8 * v) : zero, zero, zero};
      }
      for (const Product *x = begin; x != stop; x++) {
        accumulate(sum, *x, k, degree);
      }
      for (std::size_t v = 0; v < kVectors; v++) {
        _mm512_storeu_si512(static_cast<void *>(chain.d + k + 8 * v), reduce(sum[v], constants));
      }
    }
    begin = stop;
  }
}

}  // namespace cipherstream

#else

namespace cipherstream {

bool fits_avx512(const seal::Modulus &) { return false; }

void products_avx512(const ProductChain &, Block, std::size_t, const seal::Modulus &) {}

}  // namespace cipherstream

#endif
