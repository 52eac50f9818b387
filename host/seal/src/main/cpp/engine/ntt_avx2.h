// Negacyclic transforms of one limb modulo a prime below 2^50 with AVX2 and FMA, in SEAL's order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cipherstream {

// Tables of one prime p < 2^50; N >= 16. The transforms must only run on a processor with AVX2 and FMA.
class Avx2Ntt {
 public:
  // psi: the primitive 2N-th root of unity modulo p.
  Avx2Ntt(std::size_t degree, std::uint64_t p, std::uint64_t psi);

  // Canonical words of canonical words; d may be a.
  void forward(std::uint64_t *d, const std::uint64_t *a) const;
  // The transform of (a mod p) + constant for words a below 2^52 and constant below p; d may be a.
  void forward_of_lifted(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant) const;
  // The same of size s, a power of two from 16 to N, with the root psi^(N/s): its roots are the first s of the tables.
  void forward_of_lifted(std::uint64_t *d, const std::uint64_t *a, std::uint64_t constant, std::size_t size) const;
  // Canonical words of canonical words; d may be a.
  void inverse(std::uint64_t *d, const std::uint64_t *a) const;

 private:
  std::size_t degree_;
  std::uint64_t p_;
  // Of root k: psi^bitrev(k), its inverse, both centred, and their quotients by p.
  std::vector<double> roots_, quotients_, inverse_roots_, inverse_quotients_;
  std::uint64_t degree_inverse_, last_root_;  // last_root_: of the last layer back, over N
};

}  // namespace cipherstream
