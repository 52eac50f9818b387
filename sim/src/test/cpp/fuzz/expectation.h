// What two cards must agree on about a program.
#pragma once

#include <string>
#include <vector>

#include "tracker.h"

namespace cipherstream::test {

// The rule, where cards may differ:
// - A program without a memory error ends with the status of the first descriptor that is refused, and all before it
//   have happened, none after it: status, instruction, all words, counts are equal.
// - If memory does not answer something the program asks for, the status is 8 or 9, or that of the first refused
//   descriptor, which a core may see before it sees the error. Which instructions before that happened is open, and
//   so is every line that one of them writes.
// - Words that the instruction set leaves undefined (operands not canonical, result and operand that overlap,
//   tables that are wrong) are open, and what is made of them.
// - A line of another owner, and a line that no instruction before the first refused one writes, never change.
struct Expectation {
  bool arguments_fit = true;
  bool memory_error = false;   // something is asked for that memory does not answer
  bool result_lost = false;    // the result lines are not the owner's
  bool self_changing = false;  // the program writes its own tables, descriptors or result lines: words are open
  std::uint32_t status = 0;    // without memory errors
  std::uint32_t instruction = 0;
  std::uint64_t finished = 0;
  bool zeros_defined = true;
  std::vector<bool> open;  // by line of memory: it may differ
  // For reports.
  std::uint64_t transforms = 0;
  std::uint64_t word_wise = 0;

  bool allows(std::uint32_t status, std::uint32_t instruction) const;
};

Expectation expectation(const Scene &scene);

}  // namespace cipherstream::test
