// Sums of products modulo primes of at most 50 bits with AVX2 and FMA: exact, in pairs of doubles.
#pragma once

#include "limb_kernels.h"

namespace cipherstream {

constexpr int kLongBitsMax = 50;

// Whether the chain's operands have at most kLongBitsMax bits.
bool fits_avx2_long(const ProductChain &chain);

// Only where fits_avx2_long, on a processor with AVX2 and FMA. Several chains are of one length, repeated
// alike, and read none of their results.
void products_avx2_long(const ProductChain &one, Block block, std::size_t degree, std::uint64_t p);
void products_avx2_long(const ProductChain *const (&two)[2], Block block, std::size_t degree, std::uint64_t p);
void products_avx2_long(const ProductChain *const (&four)[4], Block block, std::size_t degree, std::uint64_t p);

}  // namespace cipherstream
