#include "kernel.h"

namespace cipherstream {

Kernel best_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512dq")) {
    return Kernel::ifma;
  }
#endif
  return Kernel::scalar;
}

}  // namespace cipherstream
