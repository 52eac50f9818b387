// Moduli and root tables as the host gives them to a core.
#pragma once

#include <cstdint>
#include <vector>

namespace cipherstream::test {

// A prime q, 1 modulo 2N, and what a core's tables hold for it: Montgomery forms, R = 2^montgomeryBits.
struct Modulus {
  std::uint64_t q;
  std::uint64_t r_squared;               // R^2 mod q
  std::vector<std::uint64_t> roots;      // psi^bitrev(k) * R mod q
  std::vector<std::uint64_t> exponents;  // psi^k mod q, for k below 2N: for oracles
};

bool is_prime(std::uint64_t n);

// The `count` largest primes below 2^bits that are 1 modulo 2^(degree_bits + 1).
std::vector<Modulus> moduli(unsigned degree_bits, unsigned bits, unsigned montgomery_bits, unsigned count);

}  // namespace cipherstream::test
