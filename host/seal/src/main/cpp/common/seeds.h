// Seeds of uniform polynomials, exactly as SEAL expands them.
#pragma once

#include <cstdint>

#include "seal/seal.h"

namespace cipherstream {

constexpr std::size_t kSeedBytes = seal::prng_seed_byte_count;

// Fills one polynomial, a limb for each modulus of the parameters in order, from SEAL's BLAKE2xb
// generator and its uniform sampler.
void expand_seed(const std::uint8_t *seed, const seal::EncryptionParameters &parameters, std::uint64_t *destination);

// The seed that SEAL left in the second polynomial of a freshly made, seeded ciphertext.
void extract_seed(const seal::Ciphertext &seeded, std::uint8_t *seed);

}  // namespace cipherstream
