// Which set of kernels an engine runs on.
#pragma once

namespace cipherstream {

enum class Kernel : int { scalar = 0, ifma = 1 };

// Fastest kernels of this processor.
Kernel best_kernel();

}  // namespace cipherstream
