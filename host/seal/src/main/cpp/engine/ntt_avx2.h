// Negacyclic transforms of one limb modulo a prime below 2^30 with AVX2, in SEAL's order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cipherstream {

// Tables of one prime q < 2^30; N >= 16. The transforms must only run on a processor with AVX2.
class Avx2Ntt {
 public:
  // psi: the primitive 2N-th root of unity modulo q.
  Avx2Ntt(std::size_t degree, std::uint64_t q, std::uint64_t psi);

  // Words below 4q in, canonical words out, in place.
  void forward(std::uint64_t *words) const;
  // Words below 2q in, canonical words out, in place.
  void inverse(std::uint64_t *words) const;

 private:
  std::size_t degree_;
  std::uint64_t q_, degree_inverse_;
  // Of root k: psi^bitrev(k), its inverse, and floor(2^32 root / q) of both.
  std::vector<std::uint32_t> roots_, quotients_, inverse_roots_, inverse_quotients_;
};

}  // namespace cipherstream
