#include "ring_tables.h"

#include <stdexcept>
#include <string>

namespace cipherstream {

RingTables::RingTables(std::size_t degree, const std::uint64_t *primes, const std::uint64_t *roots, std::size_t count,
                       Kernel kernel)
    : degree_(degree), degree_bits_(__builtin_ctzll(degree)) {
  if (!runs(kernel)) {
    throw std::invalid_argument(kernel == Kernel::ifma ? "this processor has no AVX-512 IFMA"
                                                       : "this processor has no AVX2 with FMA");
  }
  tables_.reserve(count);
  for (std::size_t i = 0; i < count; i++) {
    ModulusTables tables;
    tables.modulus = seal::Modulus(primes[i]);
#if defined(__x86_64__)
    if (kernel == Kernel::ifma && primes[i] < kVectorPrimeEnd) {
      tables.ifma = std::make_unique<IfmaNtt>(degree, primes[i], roots[i]);
    }
    if (kernel == Kernel::avx2 && primes[i] < kVectorPrimeEnd) {
      tables.avx2 = std::make_unique<Avx2Tables>(degree, primes[i], roots[i]);
    }
#endif
    if (!tables.ifma && !tables.avx2) {
      tables.seal = std::make_unique<seal::util::NTTTables>(degree_bits_, tables.modulus);
      if (tables.seal->get_root() != roots[i]) {
        throw std::invalid_argument("modulo " + std::to_string(primes[i]) + " SEAL's root is " +
                                    std::to_string(tables.seal->get_root()) + ", the ring's " +
                                    std::to_string(roots[i]));
      }
    }
    tables_.push_back(std::move(tables));
  }
}

}  // namespace cipherstream
