// What the AVX2 kernels keep of a prime below 2^50.
#pragma once

#include <cstdint>
#include <optional>

#include "ntt_avx2.h"

namespace cipherstream {

// Constants that reduce 64-bit words modulo a prime below 2^30.
struct LongWords {
  explicit LongWords(std::uint64_t prime)
      : q(prime),
        power((std::uint64_t{1} << 32) % prime),
        power_quotient((power << 32) / prime),
        one_quotient((std::uint64_t{1} << 32) / prime) {}

  std::uint64_t q;
  std::uint64_t power, power_quotient, one_quotient;  // of 2^32 and of 1
};

// Primes below this are short: products of their words fit a word.
constexpr std::uint64_t kShortPrimeEnd = std::uint64_t{1} << 30;

struct Avx2Tables {
  Avx2Tables(std::size_t degree, std::uint64_t q, std::uint64_t psi) : ntt(degree, q, psi) {
    if (q < kShortPrimeEnd) {
      sums.emplace(q);
    }
  }

  Avx2Ntt ntt;
  std::optional<LongWords> sums;  // of a short prime
};

}  // namespace cipherstream
