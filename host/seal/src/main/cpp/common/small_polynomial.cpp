#include "small_polynomial.h"

namespace cipherstream {

namespace {

// Bytes of an error's coefficient: 21 bits for each of its two sums, as SEAL takes them.
constexpr std::size_t kErrorBytes = 6;
// The largest multiple of 3^5 that a byte holds: below it, a byte's five digits to the base 3 are uniform.
constexpr unsigned kTernaryEnd = 243;
constexpr std::size_t kDigits = 5;

using Bytes = seal::DynArray<std::uint8_t>;

// A pool of its own, which wipes what it frees.
seal::MemoryPoolHandle wiping() { return seal::MemoryManager::GetPool(seal::mm_prof_opt::mm_force_new, true); }

Bytes drawn(seal::UniformRandomGenerator &random, std::size_t count) {
  Bytes out(count, wiping());
  random.generate(count, reinterpret_cast<seal::seal_byte *>(out.begin()));
  return out;
}

// Of 21 bits. Not every processor that this runs on has an instruction for it, so the compiler would call a function.
int ones(std::uint32_t bits) {
  bits &= 0x1FFFFF;
  bits -= (bits >> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333);
  return static_cast<int>((((bits + (bits >> 4)) & 0x0F0F0F0F) * 0x01010101) >> 24);
}

std::uint32_t three_bytes(const std::uint8_t *b) {
  return static_cast<std::uint32_t>(b[0]) | static_cast<std::uint32_t>(b[1]) << 8 |
         static_cast<std::uint32_t>(b[2]) << 16;
}

}  // namespace

SmallPolynomial::SmallPolynomial(std::size_t degree) : coefficients_(degree, wiping()) {}

SmallPolynomial SmallPolynomial::ternary(seal::UniformRandomGenerator &random, std::size_t degree) {
  SmallPolynomial out(degree);
  std::size_t made = 0;
  while (made < degree) {
    const Bytes bytes = drawn(random, (degree - made) / kDigits + 16);
    for (unsigned byte : bytes) {
      for (std::size_t i = 0; byte < kTernaryEnd && i < kDigits && made < degree; i++) {
        out.coefficients_[made++] = static_cast<std::int8_t>(static_cast<int>(byte % 3) - 1);
        byte /= 3;
      }
    }
  }
  return out;
}

SmallPolynomial SmallPolynomial::error(seal::UniformRandomGenerator &random, std::size_t degree) {
  SmallPolynomial out(degree);
  const Bytes bytes = drawn(random, kErrorBytes * degree);
  const std::uint8_t *next = bytes.cbegin();
  for (std::int8_t &coefficient : out.coefficients_) {
    coefficient = static_cast<std::int8_t>(ones(three_bytes(next)) - ones(three_bytes(next + 3)));
    next += kErrorBytes;
  }
  return out;
}

void SmallPolynomial::residues(std::uint64_t q, std::uint64_t *out) const {
  for (const std::int64_t value : coefficients_) {
    *out++ = static_cast<std::uint64_t>(value) + (value < 0 ? q : 0);
  }
}

}  // namespace cipherstream
