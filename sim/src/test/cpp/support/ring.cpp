#include "ring.h"

#include <stdexcept>

#include "golden/arithmetic.h"

namespace cipherstream::test {

using golden::multiply;
using golden::power;

// Miller and Rabin's test, with bases that decide for all of 64 bits.
bool is_prime(std::uint64_t n) {
  if (n < 2 || n % 2 == 0) return n == 2;
  std::uint64_t odd = n - 1;
  unsigned twos = 0;
  for (; odd % 2 == 0; odd /= 2) twos++;
  for (const std::uint64_t base : {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37}) {
    if (base % n == 0) continue;
    std::uint64_t x = power(base, odd, n);
    bool passes = x == 1 || x == n - 1;
    for (unsigned i = 1; i < twos && !passes; i++) {
      x = multiply(x, x, n);
      passes = x == n - 1;
    }
    if (!passes) return false;
  }
  return true;
}

namespace {

// psi with psi^N = -1 mod q.
std::uint64_t primitive_root(std::uint64_t q, std::uint64_t n) {
  for (std::uint64_t x = 2;; x++) {
    const std::uint64_t psi = power(x, (q - 1) / (2 * n), q);
    if (power(psi, n, q) == q - 1) return psi;
  }
}

Modulus modulus(std::uint64_t q, unsigned degree_bits, unsigned montgomery_bits) {
  const std::uint64_t n = std::uint64_t{1} << degree_bits;
  const std::uint64_t r = power(2, montgomery_bits, q);
  const std::uint64_t psi = primitive_root(q, n);
  Modulus made{q, multiply(r, r, q), {}, {}};
  made.exponents.push_back(1);
  for (std::uint64_t k = 1; k < 2 * n; k++) made.exponents.push_back(multiply(made.exponents.back(), psi, q));
  for (std::uint32_t k = 0; k < n; k++) {
    made.roots.push_back(multiply(made.exponents[golden::reversed(k, degree_bits)], r, q));
  }
  return made;
}

}  // namespace

std::vector<Modulus> moduli(unsigned degree_bits, unsigned bits, unsigned montgomery_bits, unsigned count) {
  const std::uint64_t step = std::uint64_t{2} << degree_bits;
  std::vector<Modulus> found;
  for (std::uint64_t q = (std::uint64_t{1} << bits) - step + 1; found.size() < count; q -= step) {
    if (q < step) throw std::invalid_argument("not so many primes of so few bits");
    if (is_prime(q)) found.push_back(modulus(q, degree_bits, montgomery_bits));
  }
  return found;
}

}  // namespace cipherstream::test
