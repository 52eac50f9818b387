// Sums of products modulo primes of at most 30 bits with AVX2: a product is one multiplication, and
// sums stay in 64 bits.
#pragma once

#include "avx2_tables.h"
#include "limb_kernels.h"

namespace cipherstream {

constexpr int kShortBitsMax = 30;

// Whether the chain's operands have at most kShortBitsMax bits.
bool fits_avx2(const ProductChain &chain);

// Only where fits_avx2, on a processor with AVX2. Several chains are of one length, repeated alike, and
// read none of their results.
void products_avx2(const ProductChain &one, Block block, std::size_t degree, const LongWords &sums);
void products_avx2(const ProductChain *const (&two)[2], Block block, std::size_t degree, const LongWords &sums);
void products_avx2(const ProductChain *const (&four)[4], Block block, std::size_t degree, const LongWords &sums);

}  // namespace cipherstream
