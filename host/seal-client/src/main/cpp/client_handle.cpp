#include "client_handle.h"

#include <cstring>
#include <stdexcept>

#include "seal/util/ntt.h"
#include "seal/util/rlwe.h"

namespace cipherstream {

ClientHandle::ClientHandle(std::size_t degree, const std::uint64_t *primes, std::size_t count, std::size_t specials,
                           Security security)
    : chain(degree, primes, count, specials, security), encoder(chain.full().context) {
  secret_ = seal::KeyGenerator(chain.full().context).secret_key();
  prepare();
}

ClientHandle::ClientHandle(std::size_t degree, const std::uint64_t *primes, std::size_t count, std::size_t specials,
                           Security security, const std::uint8_t *secret)
    : chain(degree, primes, count, specials, security), encoder(chain.full().context) {
  const auto &parameters = chain.full().key_parameters();
  secret_.data().resize(count * degree);
  copy_checked(secret_.data().data(), secret, degree, parameters.coeff_modulus(), count);
  secret_.parms_id() = chain.full().context.key_parms_id();
  check_ternary();
  prepare();
}

void ClientHandle::check_ternary() const {
  const auto &key_level = *chain.full().context.key_context_data();
  const auto &moduli = key_level.parms().coeff_modulus();
  const std::size_t degree = chain.degree();
  seal::SecretKey copy = secret_;  // in a pool that wipes
  std::uint64_t *words = copy.data().data();
  bool valid = true;
  for (std::size_t limb = 0; limb < moduli.size(); limb++) {
    std::uint64_t *coefficients = words + limb * degree;
    seal::util::inverse_ntt_negacyclic_harvey(coefficients, key_level.small_ntt_tables()[limb]);
    for (std::size_t k = 0; k < degree; k++) {
      // q - 1 becomes 2, so that all limbs of one coefficient must agree
      const bool minus_one = coefficients[k] == moduli[limb].value() - 1;
      const std::uint64_t sign = minus_one ? 2 : coefficients[k];
      valid &= (minus_one || coefficients[k] < 2) && (limb == 0 || words[k] == sign);
      coefficients[k] = sign;
    }
  }
  if (!valid) {
    throw std::invalid_argument(
        "WORDS|the secret key's words are not those of one ternary polynomial under this "
        "parameter set");
  }
}

void ClientHandle::prepare() {
  const SubChain &full = chain.full();
  seal::PublicKey public_key;
  seal::util::encrypt_zero_symmetric(secret_, full.context, full.context.key_parms_id(), true, false,
                                     public_key.data());
  public_key.parms_id() = full.context.key_parms_id();
  encryptor_ = std::make_unique<seal::Encryptor>(full.context, public_key);
  decryptor_ = std::make_unique<seal::Decryptor>(full.context, secret_);
}

seal::SecretKey ClientHandle::secret_for(std::size_t limbs) const {
  const std::size_t degree = chain.degree();
  const std::uint64_t *words = secret_.data().data();
  seal::SecretKey result;
  const std::size_t specials = chain.specials();
  result.data().resize((limbs + specials) * degree);
  std::memcpy(result.data().data(), words, limbs * degree * sizeof(std::uint64_t));
  std::memcpy(result.data().data() + limbs * degree, words + chain.limbs() * degree,
              specials * degree * sizeof(std::uint64_t));
  result.parms_id() = chain.sub(limbs).context.key_parms_id();
  return result;
}

}  // namespace cipherstream
