#include "program_run.h"

#include <chrono>
#include <stdexcept>
#include <string>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace cipherstream {

namespace {

static_assert(sizeof(limb_descriptor) == LIMB_DESCRIPTOR_BYTES);

// A clock that takes few nanoseconds to read, and what a tick of it is worth.
class Clock {
 public:
  static std::uint64_t ticks() {
#if defined(__x86_64__)
    return __rdtsc();
#else
    return nanoseconds_now();
#endif
  }

  double nanoseconds_per_tick() const {
    const std::uint64_t passed = ticks() - ticks_;
    return passed == 0 ? 0 : static_cast<double>(nanoseconds_now() - nanoseconds_) / static_cast<double>(passed);
  }

 private:
  static std::uint64_t nanoseconds_now() {
    return static_cast<std::uint64_t>(
        std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
  }

  std::uint64_t nanoseconds_ = nanoseconds_now();
  std::uint64_t ticks_ = ticks();
};

class Run {
 public:
  Run(const RingTables &ring, const LimbKernels &kernels, const limb_descriptor *program, std::size_t end,
      const std::int64_t *bases, std::size_t segments)
      : ring_(ring),
        kernels_(kernels),
        program_(program),
        end_(end),
        bases_(bases),
        segments_(segments),
        group_(ring, kernels) {}

  void all(std::size_t from) {
    for (std::size_t i = from; i < end_;) {
      const std::uint64_t start = Clock::ticks();
      if (const std::size_t lifted = lift(i); lifted != 0) {
        i += lifted;
        ticks_[LIMB_OP_NTT] += Clock::ticks() - start;
      } else if (WordGroup::takes(program_[i].opcode)) {
        i = group(i);
        share(Clock::ticks() - start);
        group_.clear();
      } else {
        const std::uint8_t opcode = program_[i].opcode;
        one(find(i));
        i++;
        ticks_[opcode] += Clock::ticks() - start;
      }
    }
  }

  void report(RunResult &result) const {
    const double factor = clock_.nanoseconds_per_tick();
    for (std::size_t i = 0; i < kOpcodes; i++) {
      result.nanoseconds[i] += static_cast<std::uint64_t>(static_cast<double>(ticks_[i]) * factor);
    }
    result.zeros += zeros_;
  }

 private:
  // The operands of an instruction.
  Instruction find(std::size_t i) const {
    const limb_descriptor &x = program_[i];
    if (x.opcode < LIMB_OP_NTT || x.opcode > LIMB_OP_LAST || x.modulus >= ring_.moduli() ||
        x.source_modulus >= ring_.moduli()) {
      refuse(i, "opcode " + std::to_string(x.opcode) + ", moduli " + std::to_string(x.modulus) + " and " +
                    std::to_string(x.source_modulus));
    }
    const bool b = x.opcode >= LIMB_OP_MUL && x.opcode <= LIMB_OP_SUB;
    return {&x,
            x.opcode == LIMB_OP_ZEROS ? nullptr : operand(i, x.d_segment, x.d_line),
            x.opcode == LIMB_OP_FILL ? nullptr : operand(i, x.a_segment, x.a_line),
            b ? operand(i, x.b_segment, x.b_line) : nullptr,
            {static_cast<unsigned>(x.repeat & LIMB_REPEAT_SHIFT_MASK), (x.repeat & LIMB_REPEAT_MIRRORED) != 0}};
  }

  std::uint64_t *operand(std::size_t i, std::uint32_t segment, std::uint32_t line) const {
    if (segment >= segments_) {
      refuse(i, "segment " + std::to_string(segment));
    }
    return reinterpret_cast<std::uint64_t *>(bases_[segment]) + static_cast<std::size_t>(line) * LIMB_LINE_WORDS;
  }

  [[noreturn]] static void refuse(std::size_t i, const std::string &what) {
    throw std::invalid_argument("PROGRAM|instruction " + std::to_string(i) + " names " + what +
                                ", which this ring or program has not");
  }

  bool in_place(std::size_t i, std::uint8_t opcode, const limb_descriptor &before) const {
    if (i >= end_) {
      return false;
    }
    const limb_descriptor &x = program_[i];
    return x.opcode == opcode && x.modulus == before.modulus && x.d_segment == before.d_segment &&
           x.d_line == before.d_line && x.a_segment == before.d_segment && x.a_line == before.d_line;
  }

  // REDUCE, perhaps ADDC, and NTT on the same limb in one go; the number of instructions.
  std::size_t lift(std::size_t i) const {
    const limb_descriptor &x = program_[i];
    if (x.opcode != LIMB_OP_REDUCE) {
      return 0;
    }
    const bool added = in_place(i + 1, LIMB_OP_ADDC, x);
    const std::size_t last = i + (added ? 2 : 1);
    if (!in_place(last, LIMB_OP_NTT, x)) {
      return 0;
    }
    const Instruction reduce = find(i);
    kernels_.ntt_of_reduced(ring_[x.modulus], ring_[x.source_modulus], reduce.d, reduce.a,
                            added ? program_[i + 1].constant : 0);
    return last + 1 - i;
  }

  bool begins_lift(std::size_t i) const {
    const limb_descriptor &x = program_[i];
    return x.opcode == LIMB_OP_REDUCE &&
           (in_place(i + 1, LIMB_OP_NTT, x) || (in_place(i + 1, LIMB_OP_ADDC, x) && in_place(i + 2, LIMB_OP_NTT, x)));
  }

  // Runs as many word-wise instructions from i on as can go together; the index behind them.
  std::size_t group(std::size_t i) {
    group_.add(find(i++));
    while (i < end_ && WordGroup::takes(program_[i].opcode) && !begins_lift(i) && group_.add(find(i))) {
      i++;
    }
    zeros_ += group_.run();
    return i;
  }

  void share(std::uint64_t ticks) {
    std::uint64_t all = 0;
    for (const std::uint32_t part : group_.shares()) {
      all += part;
    }
    for (std::size_t i = 0; i < kOpcodes; i++) {
      ticks_[i] += ticks * group_.shares()[i] / all;
    }
  }

  void one(const Instruction &instruction) const {
    const limb_descriptor &x = *instruction.descriptor;
    const ModulusTables &q = ring_[x.modulus];
    if (x.opcode == LIMB_OP_NTT) {
      kernels_.ntt(q, instruction.d, instruction.a);
    } else if (x.opcode == LIMB_OP_INTT) {
      kernels_.intt(q, instruction.d, instruction.a);
    } else {
      kernels_.permute(instruction.d, instruction.a, x.galois);
    }
  }

  const RingTables &ring_;
  const LimbKernels &kernels_;
  const limb_descriptor *const program_;
  const std::size_t end_;
  const std::int64_t *const bases_;
  const std::size_t segments_;
  WordGroup group_;
  const Clock clock_;
  std::uint64_t zeros_ = 0;
  std::array<std::uint64_t, kOpcodes> ticks_{};
};

}  // namespace

void run_program(const RingTables &ring, const LimbKernels &kernels, const limb_descriptor *program, std::size_t from,
                 std::size_t to, const std::int64_t *bases, std::size_t segments, RunResult &result) {
  Run run(ring, kernels, program, to, bases, segments);
  run.all(from);
  run.report(result);
}

}  // namespace cipherstream
