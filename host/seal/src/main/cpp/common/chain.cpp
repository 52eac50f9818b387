#include "chain.h"

#include <cstring>
#include <stdexcept>
#include <string>

#include "seal/util/galois.h"

namespace cipherstream {

namespace {

seal::EncryptionParameters parameters(std::size_t degree, std::vector<seal::Modulus> data,
                                      const std::vector<seal::Modulus> &specials) {
  seal::EncryptionParameters result(seal::scheme_type::ckks);
  result.set_poly_modulus_degree(degree);
  data.insert(data.end(), specials.begin(), specials.end());
  result.set_coeff_modulus(data);
  return result;
}

}  // namespace

SubChain::SubChain(std::size_t degree, const std::vector<seal::Modulus> &data,
                   const std::vector<seal::Modulus> &specials, Security security)
    : context(parameters(degree, data, specials), true,
              security == Security::none ? seal::sec_level_type::none : seal::sec_level_type::tc128),
      evaluator(context) {
  if (!context.parameters_set() || !context.using_keyswitching()) {
    throw std::invalid_argument(std::string("SHAPE|parameter set refused by SEAL: ") +
                                context.parameter_error_message());
  }
  levels_.resize(data.size() + specials.size() - 1);
  for (auto level = context.first_context_data(); level; level = level->next_context_data()) {
    levels_.at(level->parms().coeff_modulus().size() - 1) = level->parms_id();
  }
}

std::uint32_t SubChain::galois_element(int step) const {
  const auto slots = static_cast<int>(key_parameters().poly_modulus_degree() / 2);
  return context.key_context_data()->galois_tool()->get_elt_from_step(step == slots ? 0 : step);  // as SEAL names it
}

Chain::Chain(std::size_t degree, const std::uint64_t *primes, std::size_t count, std::size_t specials,
             Security security)
    : degree_(degree), security_(security) {
  if (specials < 1 || count < specials + 1) {
    throw std::invalid_argument("SHAPE|a chain needs a data prime and a special prime");
  }
  for (std::size_t i = 0; i < count; i++) {
    (i < count - specials ? data_ : specials_).emplace_back(primes[i]);
  }
  subs_.resize(data_.size() + 1);
  full();
}

const SubChain &Chain::sub(std::size_t limbs) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  auto &slot = subs_.at(limbs);
  if (!slot) {
    const std::vector<seal::Modulus> data(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(limbs));
    slot = std::make_unique<SubChain>(degree_, data, specials_, security_);
  }
  return *slot;
}

seal::Ciphertext Chain::allocate(std::size_t size, std::size_t limbs, double scale) const {
  const SubChain &chain = full();
  seal::Ciphertext result;
  result.resize(chain.context, chain.level(limbs), size);
  result.is_ntt_form() = true;
  result.scale() = scale;
  return result;
}

void copy_checked(std::uint64_t *destination, const std::uint8_t *source, std::size_t degree,
                  const std::vector<seal::Modulus> &moduli, std::size_t limbs) {
  std::memcpy(destination, source, limbs * degree * sizeof(std::uint64_t));
  for (std::size_t limb = 0; limb < limbs; limb++) {
    const std::uint64_t last = moduli[limb].value() - 1;
    const std::uint64_t *words = destination + limb * degree;
    std::uint64_t signs = 0;
    for (std::size_t k = 0; k < degree; k++) {
      signs |= (last - words[k]) | words[k];  // the top bit is set if and only if the word > last
    }
    if (signs >> 63 != 0) {
      for (std::size_t k = 0; k < degree; k++) {
        if (words[k] > last) {
          throw std::invalid_argument("WORDS|word " + std::to_string(k) + " of limb " + std::to_string(limb) + " is " +
                                      std::to_string(words[k]) + ", expected less than " + std::to_string(last + 1));
        }
      }
    }
  }
}

}  // namespace cipherstream
