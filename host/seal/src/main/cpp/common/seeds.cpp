#include "seeds.h"

#include <cstring>
#include <stdexcept>

#include "blake2xb.h"
#include "seal/util/rlwe.h"

namespace cipherstream {

void expand_seed(const std::uint8_t *seed, const seal::EncryptionParameters &parameters, std::uint64_t *destination) {
  seal::prng_seed_type words;
  static_assert(sizeof(words) == kSeedBytes);
  std::memcpy(words.data(), seed, kSeedBytes);
  seal::util::sample_poly_uniform(blake2xb_generator(words), parameters, destination);
}

void extract_seed(const seal::Ciphertext &seeded, std::uint8_t *seed) {
  // c1 = marker word, then the generator's description in SEAL's own serialization; made by this
  // process a moment ago.
  const auto *words = seeded.data(1);
  if (words[0] != ~std::uint64_t{0}) {
    throw std::logic_error("the ciphertext carries no seed");
  }
  seal::UniformRandomGeneratorInfo info;
  const auto size = static_cast<std::size_t>(seal::UniformRandomGeneratorInfo::SaveSize(seal::compr_mode_type::none));
  info.load(reinterpret_cast<const seal::seal_byte *>(words + 1), size);
  if (info.type() != seal::prng_type::blake2xb) {
    throw std::logic_error("SEAL was built with another default generator than BLAKE2xb");
  }
  std::memcpy(seed, info.seed().data(), kSeedBytes);
}

}  // namespace cipherstream
