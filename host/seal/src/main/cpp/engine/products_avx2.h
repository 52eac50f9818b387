// Sums of products modulo primes of at most 30 bits with AVX2: a product is one multiplication, and
// sums stay in 64 bits.
#pragma once

#include "avx2_tables.h"
#include "limb_kernels.h"

namespace cipherstream {

// Whether the chain's operands have at most 30 bits.
bool fits_avx2(const Chain &chain);

// Only where fits_avx2, on a processor with AVX2. two: nullptr, or a chain of one's length that is repeated
// alike and reads neither result.
void products_avx2(const Chain &one, const Chain *two, Block block, std::size_t degree, const LongWords &sums);

}  // namespace cipherstream
