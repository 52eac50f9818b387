// Operands b of products, however they are repeated, in vectors of four words.
#pragma once

#if defined(__x86_64__)

#include "avx2.h"
#include "limb_kernels.h"

namespace cipherstream::avx2 {

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

}  // namespace cipherstream::avx2

#endif
