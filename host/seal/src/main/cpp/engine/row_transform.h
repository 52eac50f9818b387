// The transform of a row of signed numbers modulo several primes: what encodes a plaintext.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ring_tables.h"

namespace cipherstream {

// Smallest size of the vector kernels' transforms.
constexpr std::size_t kRowSizeMin = 16;

// For each modulus the first `kept` words of the transform of size `size` with the root psi^(N/size), in bit-reversed
// order, canonical. size: a power of two up to N.
// False, and nothing is written, if size is below kRowSizeMin, a modulus has no vector kernels, or a number is beyond
// 2^50.
bool transform_row(const RingTables &ring, const std::int32_t *moduli, std::size_t count, const std::int64_t *numbers,
                   std::size_t size, std::size_t kept, std::uint64_t *words);

}  // namespace cipherstream
