// Key switching with AVX-512 IFMA: word for word what SEAL's Evaluator::switch_key_inplace does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ntt_ifma.h"
#include "seal/seal.h"

namespace cipherstream {

// Adds to (c0, c1), of `limbs` limbs each, the encryption under the key's target secret of
// target * source secret. `target` has the same limbs, NTT form, canonical.
//
// data: tables of at least `limbs` data primes; special: of the special prime P. key: the digits,
// each over key_limbs data primes and P, key_limbs >= limbs.
void key_switch_ifma(const std::vector<IfmaNtt> &data, const IfmaNtt &special, std::size_t limbs,
                     const std::uint64_t *target, const std::vector<seal::PublicKey> &key,
                     std::size_t key_limbs, std::uint64_t *c0, std::uint64_t *c1);

}  // namespace cipherstream
