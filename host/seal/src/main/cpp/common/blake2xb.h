// SEAL's default random generator, BLAKE2xb, eight blocks at a time.
#pragma once

#include <memory>

#include "seal/seal.h"

namespace cipherstream {

// From the system's source.
seal::prng_seed_type fresh_seed();

// A generator with the bytes of SEAL's own of that seed, some five times as fast. One thread at a time is enough:
// SEAL's base class locks.
std::shared_ptr<seal::UniformRandomGenerator> blake2xb_generator(const seal::prng_seed_type &seed);

}  // namespace cipherstream
