#include "engine_shim.h"

#include "counted.h"
#include "matrix.h"
#include "program_run.h"
#include "row_transform.h"

namespace cipherstream {

class LimbEngineHandle : Counted {
 public:
  LimbEngineHandle(std::size_t degree, const std::uint64_t *primes, const std::uint64_t *roots, std::size_t count,
                   Kernel kernel)
      : kernel(kernel), ring(degree, primes, roots, count, kernel), kernels(LimbKernels::make(kernel, ring)) {}

  const Kernel kernel;
  const RingTables ring;
  const std::unique_ptr<const LimbKernels> kernels;
};

int best_kernel_id() { return static_cast<int>(best_kernel()); }

bool runs_kernel_id(int kernel) { return runs(static_cast<Kernel>(kernel)); }

LimbEngineHandle *limb_engine_create(int degree, const int64_t *primes, const int64_t *roots, int count, int kernel) {
  return new LimbEngineHandle(static_cast<std::size_t>(degree), reinterpret_cast<const std::uint64_t *>(primes),
                              reinterpret_cast<const std::uint64_t *>(roots), static_cast<std::size_t>(count),
                              static_cast<Kernel>(kernel));
}

void limb_engine_delete(LimbEngineHandle *engine) { delete engine; }

int limb_engine_result_words() { return static_cast<int>(1 + kOpcodes); }

void limb_engine_run(const LimbEngineHandle *engine, const int8_t *descriptors, int from, int to, const int64_t *bases,
                     int segments, int64_t *result) {
  RunResult run;
  run_program(engine->ring, *engine->kernels, reinterpret_cast<const limb_descriptor *>(descriptors),
              static_cast<std::size_t>(from), static_cast<std::size_t>(to), bases, static_cast<std::size_t>(segments),
              run);
  result[0] += static_cast<int64_t>(run.zeros);
  for (std::size_t i = 0; i < kOpcodes; i++) {
    result[1 + i] += static_cast<int64_t>(run.nanoseconds[i]);
  }
}

void limb_engine_multiply(const LimbEngineHandle *engine, int modulus, int64_t entries, int rows, int columns,
                          const int64_t *operands, const int64_t *results, int64_t from, int64_t to) {
  const IntegerMatrix matrix{reinterpret_cast<const std::int32_t *>(entries), static_cast<std::size_t>(rows),
                             static_cast<std::size_t>(columns)};
  matrix_product(engine->kernel, matrix, engine->ring[static_cast<std::size_t>(modulus)].modulus, operands, results,
                 static_cast<std::size_t>(from), static_cast<std::size_t>(to));
}

bool limb_engine_transform(const LimbEngineHandle *engine, const int *moduli, int count, const int64_t *numbers,
                           int size, int kept, int64_t words) {
  return transform_row(engine->ring, moduli, static_cast<std::size_t>(count), numbers, static_cast<std::size_t>(size),
                       static_cast<std::size_t>(kept), reinterpret_cast<std::uint64_t *>(words));
}

}  // namespace cipherstream
