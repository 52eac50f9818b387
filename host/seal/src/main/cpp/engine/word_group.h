// Consecutive word-wise instructions, run together block by block: what one writes, the next reads
// from the first-level cache, and the products of a chain are summed in registers.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "limb_kernels.h"
#include "limb_program.h"

namespace cipherstream {

constexpr std::size_t kOpcodes = 16;

// An instruction with its operands found.
struct Instruction {
  const limb_descriptor *descriptor;
  std::uint64_t *d;
  const std::uint64_t *a, *b;
  Repeat repeat;
};

class WordGroup {
 public:
  WordGroup(const RingTables &ring, const LimbKernels &kernels) : ring_(ring), kernels_(kernels) {}

  static bool takes(std::uint8_t opcode);

  // Takes the instruction in unless it shares words with an earlier one at another position.
  bool add(const Instruction &instruction);
  bool empty() const { return nodes_.empty(); }
  // Runs and forgets the instructions. Returns the number of zeros that ZEROS found.
  std::uint64_t run();
  // How much of the time of run() falls to each opcode: words moved, in limbs.
  const std::array<std::uint32_t, kOpcodes> &shares() const { return shares_; }
  void clear();

 private:
  // One instruction, or a MUL, MAC or MACC and the MACs and MACCs on the same d that follow it.
  struct Node {
    Instruction first;
    std::size_t products, count;  // of products_; count is 0 for other instructions
    std::size_t together;         // chains that run at once: this one and those after it
    bool alike;                   // all products are repeated as the first
    int bits;                     // of the longest modulus among those of q and operands a
  };
  struct Range {
    std::uint32_t segment, line, lines;
    bool apart_or_same(const Range &other, std::uint32_t limb) const;
  };

  static constexpr std::size_t kPlaces = 64;
  static std::size_t place(const Range &range) { return range.segment % kPlaces; }

  bool apart(const Instruction &instruction);
  bool continues_chain(const Instruction &instruction) const;
  bool pair(const Node &one, const Node &two) const;
  std::size_t together(std::size_t first) const;
  ProductChain chain(const Node &node) const;
  bool run_as_panels() const;
  std::uint64_t run(const Node &node, Block block) const;

  const RingTables &ring_;
  const LimbKernels &kernels_;
  std::vector<Node> nodes_;
  std::vector<Product> products_;
  // What is read and written, by segment modulo kPlaces.
  std::array<std::vector<Range>, kPlaces> read_, written_;
  std::size_t read_count_ = 0, written_count_ = 0;
  std::array<std::uint32_t, kOpcodes> shares_{};
};

}  // namespace cipherstream
