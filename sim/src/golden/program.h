// The golden model: what core_program computes on one cluster, one operation after the other, without a clock.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cipherstream/card_model.h"

namespace cipherstream::golden {

// Why a job stopped; as the core's status register says it.
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

// Thrown where a job or a run ends.
struct Failure {
  Status status;
};

// Of the core, from the image's header.
struct Parameters {
  unsigned word_bits;
  unsigned degree_bits_min;
  unsigned degree_bits_max;
  unsigned lanes;
  unsigned segments;
  unsigned moduli;
  unsigned montgomery_bits;
  unsigned products;
  unsigned stream_words;
  unsigned slots;
};

// Of the kernel; job lists need no segments and no result.
struct Arguments {
  std::uint64_t jobs;
  std::uint64_t tables;
  std::uint64_t pool;
  std::uint32_t job_count;
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
  // The same; throws a read error instead.
  const std::uint64_t *read(std::uint64_t address, std::uint64_t lines) const;

 private:
  const card_memory &memory_;
  const std::uint8_t owner_;
};

struct Modulus {
  std::uint64_t q;
  std::uint64_t table;                              // address of its root table
  std::optional<std::vector<std::uint64_t>> roots;  // psi^bitrev(k), read when first needed
};

// What a job of a run finds: the kernel's arguments and the modulus table.
struct Context {
  const Parameters &parameters;
  const Arguments &arguments;
  const Memory &memory;
  std::vector<Modulus> moduli;

  std::uint64_t mask() const { return (std::uint64_t{1} << parameters.word_bits) - 1; }
  std::uint32_t degree() const { return std::uint32_t{1} << arguments.degree_bits; }
  std::uint64_t limb_lines() const { return degree() / kLineWords; }
  const std::vector<std::uint64_t> &roots(Modulus &modulus) const;

  static constexpr std::uint32_t kLineWords = 8;
};

struct Outcome {
  Status status = Status::ok;
  std::uint32_t failed_line = 0;  // of the operation in its stream
};

// A run of the kernel: all jobs of its list, each with its result lines.
Outcome run(const Parameters &parameters, const Arguments &arguments, const Memory &memory);

}  // namespace cipherstream::golden
