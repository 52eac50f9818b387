// Sums of products with AVX-512 IFMA.
#pragma once

#include "limb_kernels.h"

namespace cipherstream {

// One chain (two == nullptr), or two of equal length that are repeated alike and read neither
// result; where they share operands a, those are loaded once. q < 2^50.
void products_ifma(const ProductChain &one, const ProductChain *two, Block block, std::size_t degree, std::uint64_t q);

}  // namespace cipherstream
