// out[k] = a(psi^(2 bitrev(k) + 1)): Cooley-Tukey forward, Gentleman-Sande back, Harvey's lazy
// butterflies. Two layers a pass over memory, and the five layers with fewer than 32 neighbours on
// 32 words in registers; depth first until a block fits the first-level cache.
#include "ntt_ifma.h"

#if defined(__x86_64__)

#include "ntt_ifma_parts.h"

namespace cipherstream {

using ifma::quotient52;
using ntt::multiply;

namespace {

std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t q) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) {
      result = multiply(result, base, q);
    }
    base = multiply(base, base, q);
  }
  return result;
}

}  // namespace

IfmaNtt::IfmaNtt(std::size_t degree, std::uint64_t q, std::uint64_t psi)
    : degree_(degree),
      q_(q),
      degree_inverse_(power(degree % q, q - 2, q)),
      roots_(degree),
      quotients_(degree),
      inverse_roots_(degree),
      inverse_quotients_(degree) {
  const std::uint64_t psi_inverse = power(psi, q - 2, q);
  std::uint64_t root = 1, inverse = 1;
  for (std::size_t i = 0; i < degree; i++) {
    std::size_t k = 0;
    for (std::size_t bit = 1, back = degree >> 1; bit < degree; bit <<= 1, back >>= 1) {
      k |= (i & bit) != 0 ? back : 0;
    }
    roots_[k] = root;
    quotients_[k] = quotient52(root, q);
    inverse_roots_[k] = inverse;
    inverse_quotients_[k] = quotient52(inverse, q);
    root = multiply(root, psi, q);
    inverse = multiply(inverse, psi_inverse, q);
  }
}

}  // namespace cipherstream

#endif
