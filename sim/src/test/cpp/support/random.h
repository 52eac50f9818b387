// Random numbers that are the same everywhere for a seed: SplitMix64.
#pragma once

#include <cstdint>

namespace cipherstream::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  // From 0 to n - 1; n of at least 1.
  std::uint64_t below(std::uint64_t n) { return bits() % n; }
  // From low to high, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
  bool chance(double probability) { return static_cast<double>(bits() >> 11U) * 0x1p-53 < probability; }

 private:
  std::uint64_t state_;
};

}  // namespace cipherstream::test
