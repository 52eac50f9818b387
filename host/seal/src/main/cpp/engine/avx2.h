// What all AVX2 kernels share: vectors of four words. They take FMA too.
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#define CIPHERSTREAM_AVX2 __attribute__((target("avx2,fma")))
#define CIPHERSTREAM_AVX2_INLINE __attribute__((target("avx2,fma"), always_inline)) inline

namespace cipherstream::avx2 {

// Words of a vector.
constexpr std::size_t kLanes = 4;

CIPHERSTREAM_AVX2_INLINE __m256i broadcast(std::uint64_t word) {
  return _mm256_set1_epi64x(static_cast<long long>(word));
}

CIPHERSTREAM_AVX2_INLINE __m256i load(const std::uint64_t *words) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(words));
}

CIPHERSTREAM_AVX2_INLINE void store(std::uint64_t *words, __m256i value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(words), value);
}

}  // namespace cipherstream::avx2

#endif
