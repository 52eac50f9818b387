// Residues modulo q, by division: plain on purpose, nothing shared with the hardware's arithmetic.
#pragma once

#include <cstdint>

namespace cipherstream::golden {

__extension__ using Wide = unsigned __int128;

// q of at least 1; operands of any size.
inline std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t q) {
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b % q);
}

inline std::uint64_t add(std::uint64_t a, std::uint64_t b, std::uint64_t q) {
  return static_cast<std::uint64_t>((static_cast<Wide>(a) + b) % q);
}

inline std::uint64_t subtract(std::uint64_t a, std::uint64_t b, std::uint64_t q) {
  return static_cast<std::uint64_t>((static_cast<Wide>(a % q) + q - b % q) % q);
}

inline std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t q) {
  std::uint64_t result = 1 % q;
  for (std::uint64_t x = base % q; exponent != 0; exponent >>= 1U, x = multiply(x, x, q)) {
    if ((exponent & 1U) != 0) result = multiply(result, x, q);
  }
  return result;
}

// Of a unit modulo a prime q.
inline std::uint64_t inverse(std::uint64_t a, std::uint64_t q) { return q < 3 ? a : power(a, q - 2, q); }

// x / 2 modulo an odd q.
inline std::uint64_t half(std::uint64_t x, std::uint64_t q) {
  return static_cast<std::uint64_t>((static_cast<Wide>(x) + ((x & 1U) != 0 ? q : 0)) / 2);
}

inline std::uint32_t reversed(std::uint32_t x, unsigned bits) {
  std::uint32_t result = 0;
  for (unsigned i = 0; i < bits; i++) result |= ((x >> i) & 1U) << (bits - 1 - i);
  return result;
}

}  // namespace cipherstream::golden
