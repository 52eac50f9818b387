// Public, rotation and relinearisation keys in seeded form, for a truncation of the prime chain.
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

// The secret that the key switches from: s(X^g) for a rotation, s^2 for relinearisation, written
// into a key object of its own because that wipes its memory.
seal::SecretKey source_secret(const SubChain &sub, const seal::SecretKey &secret, int step) {
  const auto &key_level = *sub.context.key_context_data();
  const auto &moduli = key_level.parms().coeff_modulus();
  const std::size_t degree = key_level.parms().poly_modulus_degree();
  seal::SecretKey result = secret;
  const std::uint64_t *from = secret.data().data();
  std::uint64_t *to = result.data().data();
  if (step == 0) {
    for (std::size_t limb = 0; limb < moduli.size(); limb++) {
      const std::size_t at = limb * degree;
      seal::util::dyadic_product_coeffmod(from + at, from + at, degree, moduli[limb], to + at);
    }
  } else {
    const auto *tool = key_level.galois_tool();
    tool->apply_galois_ntt(seal::util::ConstRNSIter(from, degree), moduli.size(),
                           tool->get_elt_from_step(step), seal::util::RNSIter(to, degree));
  }
  return result;
}

}  // namespace

// Digit i is an encryption of zero at the key level plus P * source in limb i of c0, as SEAL's
// KeyGenerator::generate_one_kswitch_key makes it.
void client_switching_key(const ClientHandle *client, int step, int limbs, int8_t *c0,
                          int8_t *seeds) {
  const auto count = static_cast<std::size_t>(limbs);
  const SubChain &sub = client->chain.sub(count);
  const std::size_t degree = client->chain.degree();
  const auto &moduli = sub.key_parameters().coeff_modulus();
  const seal::SecretKey secret = client->secret_for(count);
  const seal::SecretKey source = source_secret(sub, secret, step);
  seal::SecretKey scaled = source;
  const std::size_t digit_bytes = (count + 1) * degree * sizeof(std::uint64_t);
  for (std::size_t digit = 0; digit < count; digit++) {
    seal::Ciphertext cipher;
    seal::util::encrypt_zero_symmetric(secret, sub.context, sub.context.key_parms_id(), true, true,
                                       cipher);
    const seal::Modulus &q = moduli[digit];
    const std::uint64_t factor = seal::util::barrett_reduce_64(moduli.back().value(), q);
    std::uint64_t *term = scaled.data().data() + digit * degree;
    std::uint64_t *target = cipher.data(0) + digit * degree;
    seal::util::multiply_poly_scalar_coeffmod(source.data().data() + digit * degree, degree, factor,
                                              q, term);
    seal::util::add_poly_coeffmod(target, term, degree, q, target);
    std::memcpy(bytes(c0) + digit * digit_bytes, cipher.data(0), digit_bytes);
    extract_seed(cipher, bytes(seeds) + digit * kSeedBytes);
  }
}

void client_public_key(const ClientHandle *client, int limbs, int8_t *c0, int8_t *seed) {
  const auto count = static_cast<std::size_t>(limbs);
  const SubChain &sub = client->chain.sub(count);
  seal::Ciphertext cipher;
  seal::util::encrypt_zero_symmetric(client->secret_for(count), sub.context,
                                     sub.context.key_parms_id(), true, true, cipher);
  std::memcpy(bytes(c0), cipher.data(0),
              (count + 1) * client->chain.degree() * sizeof(std::uint64_t));
  extract_seed(cipher, bytes(seed));
}

}  // namespace cipherstream
