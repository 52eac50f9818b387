#include "key_switch_ifma.h"

#if defined(__x86_64__)

#include <cstring>

#include "ifma.h"
#include "seal/util/uintcore.h"

namespace cipherstream {

using namespace ifma;

namespace {

// to = from modulo q, lazily below 2q; from < 2^52.
CIPHERSTREAM_IFMA void reduce_lazy(std::uint64_t *to, const std::uint64_t *from, std::size_t degree,
                                   std::uint64_t prime) {
  const __m512i q = broadcast(prime), quotient = broadcast(quotient52(1, prime));
  for (std::size_t k = 0; k < degree; k += 8) {
    store(to + k, multiply_lazy(load(from + k), broadcast(1), quotient, q));
  }
}

// out[p] = sum over digits of digit * key[digit][p], canonical. Digits below 4q.
CIPHERSTREAM_IFMA void multiply_accumulate(std::uint64_t *const out[2],
                                           const std::vector<const std::uint64_t *> &digits,
                                           const std::vector<seal::PublicKey> &key,
                                           std::size_t key_limb, std::size_t degree,
                                           std::uint64_t prime) {
  const Reduction constants = reduction(prime);
  const std::size_t count = digits.size();
  std::vector<const std::uint64_t *> k0(count), k1(count);
  for (std::size_t j = 0; j < count; j++) {
    k0[j] = key[j].data().data(0) + key_limb * degree;
    k1[j] = key[j].data().data(1) + key_limb * degree;
  }
  for (std::size_t k = 0; k < degree; k += 8) {
    Accumulator s0 = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    Accumulator s1 = s0;
    for (std::size_t j = 0; j < count; j++) {
      const __m512i digit = load(digits[j] + k);
      accumulate(s0, digit, load(k0[j] + k));
      accumulate(s1, digit, load(k1[j] + k));
    }
    store(out[0] + k, reduce(s0, constants));
    store(out[1] + k, reduce(s1, constants));
  }
}

// last = (last + half) modulo P.
CIPHERSTREAM_IFMA void add_half(std::uint64_t *last, std::size_t degree, std::uint64_t prime) {
  const __m512i q = broadcast(prime), half = broadcast(prime >> 1);
  for (std::size_t k = 0; k < degree; k += 8) {
    store(last + k, subtract_once(_mm512_add_epi64(load(last + k), half), q));
  }
}

// to = (last modulo q) - (half modulo q), lazily below 3q.
CIPHERSTREAM_IFMA void rounded(std::uint64_t *to, const std::uint64_t *last, std::size_t degree,
                               std::uint64_t prime, std::uint64_t half) {
  const __m512i q = broadcast(prime), quotient = broadcast(quotient52(1, prime));
  const __m512i correction = broadcast(prime - half % prime);
  for (std::size_t k = 0; k < degree; k += 8) {
    const __m512i value = multiply_lazy(load(last + k), broadcast(1), quotient, q);
    store(to + k, _mm512_add_epi64(value, correction));
  }
}

// c = c + (product - remainder) / P modulo q; product canonical, remainder below 4q.
CIPHERSTREAM_IFMA void divide_and_add(std::uint64_t *c, const std::uint64_t *product,
                                      const std::uint64_t *remainder, std::size_t degree,
                                      std::uint64_t prime, std::uint64_t inverse) {
  const __m512i q = broadcast(prime), q2 = broadcast(2 * prime);
  const __m512i factor = broadcast(inverse), quotient = broadcast(quotient52(inverse, prime));
  for (std::size_t k = 0; k < degree; k += 8) {
    const __m512i r = subtract_once(load(remainder + k), q2);
    const __m512i difference =
        _mm512_add_epi64(load(product + k), _mm512_sub_epi64(q2, r));  // below 3q
    const __m512i quotients =
        subtract_once(multiply_lazy(difference, factor, quotient, q), q);
    store(c + k, subtract_once(_mm512_add_epi64(load(c + k), quotients), q));
  }
}

std::uint64_t inverse_modulo(std::uint64_t value, std::uint64_t prime) {
  std::uint64_t result = 0;
  if (!seal::util::try_invert_uint_mod(value % prime, prime, result)) {
    throw std::logic_error("the special prime has no inverse modulo a data prime");
  }
  return result;
}

}  // namespace

void key_switch_ifma(const std::vector<IfmaNtt> &data, const IfmaNtt &special, std::size_t limbs,
                     const std::uint64_t *target, const std::vector<seal::PublicKey> &key,
                     std::size_t key_limbs, std::uint64_t *c0, std::uint64_t *c1) {
  const std::size_t n = special.degree();
  // coefficients of the digits, lifted digits for one prime, products for all primes and both
  // polynomials
  const auto pool = seal::MemoryManager::GetPool(seal::mm_prof_opt::mm_force_global);
  auto memory = seal::util::allocate_uint((limbs + limbs + 2 * (limbs + 1)) * n, pool);
  std::uint64_t *const coefficients = memory.get();
  std::uint64_t *const lifted = coefficients + limbs * n;
  std::uint64_t *const products = lifted + limbs * n;

  std::memcpy(coefficients, target, limbs * n * sizeof(std::uint64_t));
  for (std::size_t j = 0; j < limbs; j++) {
    data[j].inverse(coefficients + j * n);
  }
  for (std::size_t i = 0; i <= limbs; i++) {
    const IfmaNtt &ntt = i < limbs ? data[i] : special;
    std::vector<const std::uint64_t *> digits(limbs);
    for (std::size_t j = 0; j < limbs; j++) {
      if (i == j) {
        digits[j] = target + j * n;
      } else {
        reduce_lazy(lifted + j * n, coefficients + j * n, n, ntt.prime());
        ntt.forward_lazy(lifted + j * n);
        digits[j] = lifted + j * n;
      }
    }
    std::uint64_t *const out[2] = {products + i * n, products + (limbs + 1 + i) * n};
    multiply_accumulate(out, digits, key, i < limbs ? i : key_limbs, n, ntt.prime());
  }
  for (std::size_t p = 0; p < 2; p++) {
    std::uint64_t *const product = products + p * (limbs + 1) * n;
    std::uint64_t *const last = product + limbs * n;
    special.inverse(last);
    add_half(last, n, special.prime());
    for (std::size_t i = 0; i < limbs; i++) {
      const std::uint64_t q = data[i].prime();
      rounded(lifted, last, n, q, special.prime() >> 1);
      data[i].forward_lazy(lifted);
      divide_and_add((p == 0 ? c0 : c1) + i * n, product + i * n, lifted, n, q,
                     inverse_modulo(special.prime(), q));
    }
  }
}

}  // namespace cipherstream

#endif
