// One job of a job list: a stream of operations on slots.
#pragma once

#include "program.h"

namespace cipherstream::golden {

class Job {
 public:
  // `line`: eight words of the job list.
  Job(Context &context, const std::uint64_t *line);

  // Runs it and writes its result lines.
  Outcome run();

 private:
  struct Segment {
    std::uint64_t base;
    std::uint64_t lines;
    bool writable;
  };
  // An operation's line, and of DOT the lines of its terms.
  struct Operation {
    const std::uint8_t *bytes;
    std::vector<const std::uint8_t *> terms;
  };
  using Limb = std::vector<std::uint64_t>;

  void read_segments();
  void execute_stream();
  const std::uint8_t *next_line();
  // Decoding: each throws the first failure in the core's order.
  void check(const std::uint8_t *op, bool last) const;
  void check_term(const std::uint8_t *term) const;
  bool bad_slot(std::uint64_t slot) const;
  bool bad_repeat(std::uint8_t repeat) const;
  // Device address of what a segment's line is the beginning of.
  std::uint64_t operand(std::uint32_t segment, std::uint64_t line, std::uint64_t lines, bool written) const;

  void execute(const Operation &op);
  Limb load(std::uint32_t segment, std::uint64_t line, std::uint8_t repeat) const;
  Limb pass(const std::uint8_t *op, bool transforms);
  Limb dot(const Operation &op);
  void store(const std::uint8_t *op);
  void transform(Limb &x, Modulus &modulus, bool inverse);
  Limb permuted(const Limb &limb, std::uint32_t galois) const;
  void write_result();

  Context &context_;
  const std::uint64_t streams_;
  const std::uint64_t lines_;
  const std::uint64_t table_;
  const std::uint32_t segment_count_;
  const std::uint64_t result_;
  std::vector<Segment> segments_;
  std::vector<Limb> slots_;
  std::uint64_t at_ = 0;  // the next line of the stream
  Outcome outcome_;
  std::uint64_t zero_words_ = 0;
  std::uint64_t transforms_ = 0;
  std::uint64_t terms_ = 0;
  std::uint64_t operations_ = 0;
};

}  // namespace cipherstream::golden
