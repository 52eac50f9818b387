// Negacyclic transforms of one limb with AVX-512 IFMA, in SEAL's order and with SEAL's roots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cipherstream {

// Tables of one prime q < 2^50; N >= 16. The functions below must only run where best_kernel() is
// Kernel::ifma.
class IfmaNtt {
 public:
  // psi: the primitive 2N-th root of unity modulo q.
  IfmaNtt(std::size_t degree, std::uint64_t q, std::uint64_t psi);

  std::uint64_t prime() const { return q_; }
  std::size_t degree() const { return degree_; }

  // Words below 4q in, words below 4q out, in place.
  void forward_lazy(std::uint64_t *words) const;
  // Canonical words out of words below 4q; `to` may be `from`.
  void forward(const std::uint64_t *from, std::uint64_t *to) const;
  // Canonical words out of from[k] + constant for words below 2^52 and constant < q: residues of
  // another modulus are lifted and transformed in one go. `to` may be `from`.
  void forward_of_lifted(const std::uint64_t *from, std::uint64_t *to, std::uint64_t constant) const;
  // The same of size s, a power of two from 16 to N, with the root psi^(N/s): its roots are the first s of the tables.
  void forward_of_lifted(const std::uint64_t *from, std::uint64_t *to, std::uint64_t constant, std::size_t size) const;
  // Words below 2q in, canonical words out; `to` may be `from`.
  void inverse(const std::uint64_t *from, std::uint64_t *to) const;
  void inverse(std::uint64_t *words) const { inverse(words, words); }

 private:
  std::size_t degree_;
  std::uint64_t q_, degree_inverse_;
  std::vector<std::uint64_t> roots_, quotients_, inverse_roots_, inverse_quotients_;
};

}  // namespace cipherstream
