// AVX-512 IFMA building blocks for primes below 2^50. Include only from files whose functions are
// entered after the processor was asked (best_kernel).
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstdint>

#define CIPHERSTREAM_IFMA __attribute__((target("avx512f,avx512dq,avx512ifma")))
#define CIPHERSTREAM_IFMA_INLINE __attribute__((target("avx512f,avx512dq,avx512ifma"), always_inline)) inline

namespace cipherstream::ifma {

constexpr std::uint64_t kLow52 = (std::uint64_t{1} << 52) - 1;

// sum = high * 2^52 + low.
struct Accumulator {
  __m512i low, high;
};

// Constants of the reduction modulo q: c = 2^(52 j) mod q with c' = floor(c * 2^52 / q).
struct Reduction {
  __m512i q, q2, q4, one_quotient, two52, two52_quotient, two104, two104_quotient;
};

CIPHERSTREAM_IFMA_INLINE __m512i broadcast(std::uint64_t value) {
  return _mm512_set1_epi64(static_cast<long long>(value));
}

CIPHERSTREAM_IFMA_INLINE Reduction reduction(std::uint64_t q) {
  using Wide = unsigned __int128;
  const std::uint64_t two52 = static_cast<std::uint64_t>((static_cast<Wide>(1) << 52) % q);
  const std::uint64_t two104 = static_cast<std::uint64_t>(static_cast<Wide>(two52) * two52 % q);
  const auto quotient = [q](std::uint64_t c) { return static_cast<std::uint64_t>((static_cast<Wide>(c) << 52) / q); };
  return {broadcast(q),     broadcast(2 * q),           broadcast(4 * q),  broadcast(quotient(1)),
          broadcast(two52), broadcast(quotient(two52)), broadcast(two104), broadcast(quotient(two104))};
}

CIPHERSTREAM_IFMA_INLINE __m512i load(const std::uint64_t *words) {
  return _mm512_loadu_si512(static_cast<const void *>(words));
}

CIPHERSTREAM_IFMA_INLINE void store(std::uint64_t *words, __m512i value) {
  _mm512_storeu_si512(static_cast<void *>(words), value);
}

CIPHERSTREAM_IFMA_INLINE void accumulate(Accumulator &sum, __m512i a, __m512i b) {
  sum.low = _mm512_madd52lo_epu64(sum.low, a, b);
  sum.high = _mm512_madd52hi_epu64(sum.high, a, b);
}

CIPHERSTREAM_IFMA_INLINE void carry(Accumulator &sum) {
  sum.high = _mm512_add_epi64(sum.high, _mm512_srli_epi64(sum.low, 52));
  sum.low = _mm512_and_si512(sum.low, broadcast(kLow52));
}

// x * c modulo q, lazily in [0, 2q), for x < 2^52 and the quotient c' of c.
CIPHERSTREAM_IFMA_INLINE __m512i multiply_lazy(__m512i x, __m512i c, __m512i quotient, __m512i q) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i estimate = _mm512_madd52hi_epu64(zero, x, quotient);
  const __m512i difference =
      _mm512_sub_epi64(_mm512_madd52lo_epu64(zero, x, c), _mm512_madd52lo_epu64(zero, estimate, q));
  return _mm512_and_si512(difference, broadcast(kLow52));
}

CIPHERSTREAM_IFMA_INLINE __m512i subtract_once(__m512i value, __m512i bound) {
  return _mm512_min_epu64(value, _mm512_sub_epi64(value, bound));
}

CIPHERSTREAM_IFMA_INLINE __m512i reduce(Accumulator sum, const Reduction &r) {
  carry(sum);
  const __m512i high_low = _mm512_and_si512(sum.high, broadcast(kLow52));
  const __m512i high_high = _mm512_srli_epi64(sum.high, 52);
  __m512i value = multiply_lazy(sum.low, broadcast(1), r.one_quotient, r.q);
  value = _mm512_add_epi64(value, multiply_lazy(high_low, r.two52, r.two52_quotient, r.q));
  value = _mm512_add_epi64(value, multiply_lazy(high_high, r.two104, r.two104_quotient, r.q));
  value = subtract_once(value, r.q4);  // below 6q before
  value = subtract_once(value, r.q2);
  return subtract_once(value, r.q);
}

// floor(c * 2^52 / q), the quotient that multiply_lazy wants for the constant c < q.
inline std::uint64_t quotient52(std::uint64_t c, std::uint64_t q) {
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(c) << 52) / q);
}

}  // namespace cipherstream::ifma

#endif
