// Which set of kernels an engine runs on.
#pragma once

namespace cipherstream {

enum class Kernel : int { scalar = 0, ifma = 1, avx2 = 2 };

// Fastest kernels of this processor.
Kernel best_kernel();
// Whether this processor can run them.
bool runs(Kernel kernel);

}  // namespace cipherstream
