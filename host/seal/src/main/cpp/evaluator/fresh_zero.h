// Encryptions of zero under a public key, added to ciphertexts on their way out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "chain.h"
#include "limb_kernels.h"
#include "ring_tables.h"
#include "seal/seal.h"

namespace cipherstream {

// Adds (p0 u + e0, p1 u + e1) with the public key (p0, p1), u uniform in {-1, 0, 1}^N and e0, e1 of SEAL's
// centred binomial distribution (the difference of two sums of 21 bits, standard deviation 3.24), all from SEAL's
// default generator with a seed of the system. It decrypts to the error e u + e0 + e1 s, whose coefficients have a
// standard deviation of about 3.24 sqrt(4N/3 + 1). SEAL's own encryption under a public key divides a special prime
// out, which makes the error smaller and takes more than three times the transforms. Safe for concurrent use.
class FreshZero {
 public:
  explicit FreshZero(const Chain &chain);

  // words: two polynomials of `limbs` limbs, in transformed order, every word below its prime.
  // key: of any truncation of the chain to at least as many limbs.
  void add(const seal::PublicKey &key, std::size_t limbs, std::uint64_t *words) const;

 private:
  RingTables ring_;
  std::unique_ptr<const LimbKernels> kernels_;
};

}  // namespace cipherstream
