// The golden model: what limb_program computes, one instruction after the other, without a clock.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cipherstream/card_model.h"
#include "limb_program.h"

namespace cipherstream::golden {

// Why a program stopped; as the core's status register says it.
enum class Status : std::uint32_t {
  ok = 0,
  bad_opcode = 1,
  bad_modulus = 2,
  bad_segment = 3,
  outside_segment = 4,
  read_only_segment = 5,
  bad_field = 6,
  bad_argument = 7,
  read_error = 8,
  write_error = 9
};

// Of the core, from the image's header.
struct Parameters {
  unsigned word_bits;
  unsigned degree_bits_min;
  unsigned degree_bits_max;
  unsigned lanes;
  unsigned bus_words;
  unsigned segments;
  unsigned moduli;
  unsigned montgomery_bits;
  unsigned ntt_units;
};

// Of the kernel.
struct Arguments {
  std::uint64_t descriptors;
  std::uint64_t segments;
  std::uint64_t tables;
  std::uint64_t pool;
  std::uint64_t result;
  std::uint32_t instruction_count;
  std::uint32_t segment_count;
  std::uint32_t modulus_count;
  std::uint32_t degree_bits;
  std::uint64_t pool_lines;
};

// Device memory as one context sees it.
class Memory {
 public:
  Memory(const card_memory &memory, std::uint8_t owner) : memory_(memory), owner_(owner) {}

  // Words of a stretch of lines; nullptr if any of them is not the context's.
  std::uint64_t *words(std::uint64_t address, std::uint64_t lines) const;

 private:
  const card_memory &memory_;
  const std::uint8_t owner_;
};

struct Result {
  Status status = Status::ok;
  std::uint32_t failed_instruction = 0;
  std::uint64_t zero_words = 0;
  std::uint64_t transforms = 0;
  std::uint64_t vector_instructions = 0;
  std::uint64_t finished = 0;
};

// One program.
class Program {
 public:
  Program(const Parameters &parameters, const Arguments &arguments, const Memory &memory);

  // Runs it and writes the result lines.
  Result run();

 private:
  struct Segment {
    std::uint64_t base;
    std::uint64_t lines;
    bool writable;
  };
  struct Modulus {
    std::uint64_t q;
    std::uint64_t product_factor;  // 1 with a right table: R^2 in the table over R^2
    std::uint64_t table_line;
    std::optional<std::vector<std::uint64_t>> roots;  // psi^bitrev(k), read when first needed
  };
  struct Operands {
    std::uint64_t *d = nullptr;
    const std::uint64_t *a = nullptr;
    const std::uint64_t *b = nullptr;
  };
  struct Failure {
    Status status;
  };

  void read_segments();
  void read_moduli();
  void execute(const limb_descriptor &descriptor);
  void check(const limb_descriptor &descriptor) const;
  // Device address of an operand's first line.
  std::uint64_t operand(std::uint32_t segment, std::uint32_t line, std::uint64_t lines, bool written) const;
  Operands operands(const limb_descriptor &descriptor) const;
  const std::vector<std::uint64_t> &roots(Modulus &modulus);
  void transform(const limb_descriptor &descriptor, const Operands &operands, Modulus &modulus);
  void word_wise(const limb_descriptor &descriptor, const Operands &operands, const Modulus &modulus);
  std::uint64_t word(const limb_descriptor &descriptor, const Operands &operands, const Modulus &modulus,
                     std::uint32_t k) const;
  const std::uint64_t *read(std::uint64_t address, std::uint64_t lines) const;
  void write_result();

  const Parameters &parameters_;
  const Arguments arguments_;
  const Memory &memory_;
  const std::uint64_t mask_;
  std::vector<Segment> segments_;
  std::vector<Modulus> moduli_;
  Result result_;
};

}  // namespace cipherstream::golden
