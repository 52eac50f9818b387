// Public, rotation and relinearisation keys in seeded form, for a truncation of the prime chain.
#include <algorithm>
#include <cstring>
#include <vector>

#include "client_handle.h"
#include "client_shim.h"
#include "seal/util/galois.h"
#include "seal/util/polyarithsmallmod.h"
#include "seal/util/rlwe.h"
#include "seeds.h"

namespace cipherstream {

namespace {

std::uint8_t *bytes(int8_t *pointer) { return reinterpret_cast<std::uint8_t *>(pointer); }

using Secret = seal::SecretKey;  // wipes its memory

// s^2.
Secret squared(const SubChain &sub, const Secret &secret) {
  const auto &moduli = sub.key_parameters().coeff_modulus();
  const std::size_t degree = sub.key_parameters().poly_modulus_degree();
  Secret result = secret;
  const std::uint64_t *from = secret.data().data();
  for (std::size_t limb = 0; limb < moduli.size(); limb++) {
    const std::size_t at = limb * degree;
    seal::util::dyadic_product_coeffmod(from + at, from + at, degree, moduli[limb], result.data().data() + at);
  }
  return result;
}

// s(X^g) of the rotation by `step`, or of conjugation.
Secret turned(const SubChain &sub, const Secret &secret, int step) {
  const std::size_t degree = sub.key_parameters().poly_modulus_degree();
  Secret result = secret;
  const auto *tool = sub.context.key_context_data()->galois_tool();
  tool->apply_galois_ntt(seal::util::ConstRNSIter(secret.data().data(), degree),
                         sub.key_parameters().coeff_modulus().size(), sub.galois_element(step),
                         seal::util::RNSIter(result.data().data(), degree));
  return result;
}

// The key's digits are encryptions under `to` of P * from.
struct Switch {
  Secret from, to;
};

Switch key_switch(const Chain &chain, const SubChain &sub, const Secret &secret, int step) {
  if (step == 0) {
    return {squared(sub, secret), secret};
  }
  if (chain.specials() == 1) {
    return {turned(sub, secret, step), secret};
  }
  // Turned back: the automorphism follows the switch. Conjugation is its own inverse.
  const bool conjugation = static_cast<std::size_t>(step) == chain.degree() / 2;
  return {secret, turned(sub, secret, conjugation ? step : -step)};
}

}  // namespace

// Digit j is an encryption of zero at the key level plus P * source in those limbs of c0 whose primes
// are the digit's: for one special prime as SEAL's KeyGenerator::generate_one_kswitch_key makes it.
void client_switching_key(const ClientHandle *client, int step, int limbs, int8_t *c0, int8_t *seeds) {
  const auto count = static_cast<std::size_t>(limbs);
  const Chain &chain = client->chain;
  const SubChain &sub = chain.sub(count);
  const std::size_t degree = chain.degree();
  const auto &moduli = sub.key_parameters().coeff_modulus();
  const Switch keys = key_switch(chain, sub, client->secret_for(count), step);
  Secret scaled = keys.from;
  const std::size_t digit_bytes = moduli.size() * degree * sizeof(std::uint64_t);
  for (std::size_t digit = 0; digit < chain.digits(count); digit++) {
    seal::Ciphertext cipher;
    seal::util::encrypt_zero_symmetric(keys.to, sub.context, sub.context.key_parms_id(), true, true, cipher);
    const std::size_t first = digit * chain.specials();
    for (std::size_t limb = first; limb < std::min(count, first + chain.specials()); limb++) {
      const seal::Modulus &q = moduli[limb];
      std::uint64_t factor = 1;
      for (std::size_t special = count; special < moduli.size(); special++) {
        factor = seal::util::multiply_uint_mod(factor, seal::util::barrett_reduce_64(moduli[special].value(), q), q);
      }
      const std::size_t at = limb * degree;
      std::uint64_t *const term = scaled.data().data() + at;
      std::uint64_t *const target = cipher.data(0) + at;
      seal::util::multiply_poly_scalar_coeffmod(keys.from.data().data() + at, degree, factor, q, term);
      seal::util::add_poly_coeffmod(target, term, degree, q, target);
    }
    std::memcpy(bytes(c0) + digit * digit_bytes, cipher.data(0), digit_bytes);
    extract_seed(cipher, bytes(seeds) + digit * kSeedBytes);
  }
}

void client_public_key(const ClientHandle *client, int limbs, int8_t *c0, int8_t *seed) {
  const auto count = static_cast<std::size_t>(limbs);
  const SubChain &sub = client->chain.sub(count);
  seal::Ciphertext cipher;
  seal::util::encrypt_zero_symmetric(client->secret_for(count), sub.context, sub.context.key_parms_id(), true, true,
                                     cipher);
  std::memcpy(bytes(c0), cipher.data(0),
              (count + client->chain.specials()) * client->chain.degree() * sizeof(std::uint64_t));
  extract_seed(cipher, bytes(seed));
}

}  // namespace cipherstream
