// What the engine keeps of a limb ring: the moduli and their transform tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "avx2_tables.h"
#include "kernel.h"
#include "ntt_ifma.h"
#include "seal/modulus.h"
#include "seal/util/galois.h"
#include "seal/util/ntt.h"

namespace cipherstream {

// Largest prime of the IFMA kernels and of the AVX2 kernels is below this.
constexpr std::uint64_t kVectorPrimeEnd = std::uint64_t{1} << 50;

struct ModulusTables {
  seal::Modulus modulus;
  // One of the three: IFMA's or AVX2's where the kernels are to use it and the prime is short enough.
  std::unique_ptr<IfmaNtt> ifma;
  std::unique_ptr<Avx2Tables> avx2;
  std::unique_ptr<seal::util::NTTTables> seal;

  std::uint64_t value() const { return modulus.value(); }
};

class RingTables {
 public:
  // roots: the smallest primitive 2N-th root of each prime.
  // Throws std::invalid_argument if SEAL has another root or takes no such ring.
  RingTables(std::size_t degree, const std::uint64_t *primes, const std::uint64_t *roots, std::size_t count,
             Kernel kernel);

  std::size_t degree() const { return degree_; }
  int degree_bits() const { return degree_bits_; }
  std::size_t moduli() const { return tables_.size(); }
  const ModulusTables &operator[](std::size_t index) const { return tables_[index]; }

 private:
  std::size_t degree_;
  int degree_bits_;
  std::vector<ModulusTables> tables_;
};

}  // namespace cipherstream
