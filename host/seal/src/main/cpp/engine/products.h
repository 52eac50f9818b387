// Sums of products in portable code: 128-bit sums in registers and one reduction at the end.
#pragma once

#include "limb_kernels.h"

namespace cipherstream {

void products_portable(const ProductChain &chain, Block block, std::size_t degree, const seal::Modulus &q);

}  // namespace cipherstream
