// Polynomials of small random coefficients: masks and errors of encryptions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "seal/seal.h"

namespace cipherstream {

// Coefficients from -21 to 21, wiped when they are freed. Of SEAL's distributions, from bytes drawn at once: SEAL's own
// samplers lock the generator for each coefficient.
class SmallPolynomial {
 public:
  // Uniform in {-1, 0, 1}.
  static SmallPolynomial ternary(seal::UniformRandomGenerator &random, std::size_t degree);
  // Centred binomial: the difference of two sums of 21 bits, standard deviation 3.24.
  static SmallPolynomial error(seal::UniformRandomGenerator &random, std::size_t degree);

  // Each coefficient modulo q.
  void residues(std::uint64_t q, std::uint64_t *out) const;

 private:
  explicit SmallPolynomial(std::size_t degree);

  seal::DynArray<std::int8_t> coefficients_;
};

}  // namespace cipherstream
