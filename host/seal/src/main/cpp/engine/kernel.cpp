#include "kernel.h"

#include <initializer_list>

namespace cipherstream {

bool runs(Kernel kernel) {
  switch (kernel) {
#if defined(__x86_64__)
    case Kernel::ifma:
      return __builtin_cpu_supports("avx512ifma") != 0 && __builtin_cpu_supports("avx512dq") != 0;
    case Kernel::avx2:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#endif
    default:
      return kernel == Kernel::scalar;
  }
}

Kernel best_kernel() {
  for (const Kernel kernel : {Kernel::ifma, Kernel::avx2}) {
    if (runs(kernel)) {
      return kernel;
    }
  }
  return Kernel::scalar;
}

}  // namespace cipherstream
