// What the AVX2 kernels keep of a prime below 2^30.
#pragma once

#include <cstdint>

#include "ntt_avx2.h"

namespace cipherstream {

// Constants that reduce words longer than a product's operand may be: word = high * 2^split + low.
struct LongWords {
  // split: 30 for words below 2^62, 32 for any.
  LongWords(std::uint64_t prime, int split_bits)
      : q(prime),
        split(split_bits),
        power((std::uint64_t{1} << split_bits) % prime),
        power_quotient((power << 32) / prime),
        one_quotient((std::uint64_t{1} << 32) / prime) {}

  std::uint64_t q;
  int split;
  std::uint64_t power, power_quotient, one_quotient;
};

struct Avx2Tables {
  Avx2Tables(std::size_t degree, std::uint64_t q, std::uint64_t psi) : ntt(degree, q, psi), words(q, 30), sums(q, 32) {}

  Avx2Ntt ntt;
  LongWords words, sums;
};

}  // namespace cipherstream
