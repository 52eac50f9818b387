// Sums of products with AVX-512 but not IFMA: many servers have only that.
#pragma once

#include "limb_kernels.h"

namespace cipherstream {

// Whether this processor can, and the modulus has 32 to 50 bits.
bool fits_avx512(const seal::Modulus &q);

// Only where fits_avx512.
void products_avx512(const ProductChain &chain, Block block, std::size_t degree, const seal::Modulus &q);

}  // namespace cipherstream
