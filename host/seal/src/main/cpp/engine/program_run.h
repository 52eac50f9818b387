// Runs a stretch of a limb program.
#pragma once

#include <array>
#include <cstdint>

#include "word_group.h"

namespace cipherstream {

struct RunResult {
  std::uint64_t zeros = 0;
  std::array<std::uint64_t, kOpcodes> nanoseconds{};
};

// Runs instructions [from, to). bases: addresses of the program's segments. What the program must
// hold to was checked when it was built; opcodes, moduli and segment numbers are checked again.
// Throws std::invalid_argument for one that does not exist.
void run_program(const RingTables &ring, const LimbKernels &kernels, const limb_descriptor *program, std::size_t from,
                 std::size_t to, const std::int64_t *bases, std::size_t segments, RunResult &result);

}  // namespace cipherstream
