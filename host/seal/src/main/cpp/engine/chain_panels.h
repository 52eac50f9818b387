// Many chains of products that have their operands a in common, and short operands b: the products of matrices by
// baby and giant steps. They are computed as panels: operands a are laid side by side for a step, and factors are
// gathered from their limbs once for all steps and sets of chains that have them alike.
//
// A set has chains with most operands in common, such as the sums of one polynomial of a ciphertext. Sets with the
// same factors, such as those of its other polynomial, go together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "limb_kernels.h"
#include "panel.h"

namespace cipherstream {

class ChainPanels {
 public:
  // Nothing if these chains modulo q, in order, are better or rightly computed one after the other.
  static std::optional<ChainPanels> of(Kernel kernel, const seal::Modulus &q, const std::vector<ProductChain> &chains,
                                       std::size_t degree);

  // Computes all words of all chains.
  void run();

 private:
  using Words = const std::uint64_t *;

  struct Set {
    std::vector<Words> operands;              // a, in the order of their first use
    std::vector<std::vector<Words>> factors;  // [chain][operand]; null for none
    std::vector<std::uint64_t *> results;     // d of each chain
  };

  // Factors to be fetched: those of chains and operands from these on, of some runs.
  struct Ahead {
    std::size_t chain, operand;
    bool any;
    std::size_t run, runs;
  };

  ChainPanels(Kernel kernel, const seal::Modulus &q, std::size_t degree, Repeat repeat)
      : kernel_(kernel), prime_(q), degree_(degree), repeat_(repeat) {}

  void add(const ProductChain &chain);
  static bool take(Set &set, const ProductChain &chain);
  bool sound() const;
  // Words for which factors differ.
  std::size_t limit() const;
  static std::size_t panels(const Set &set);
  void step(const Set &set, std::size_t k, std::size_t run);
  void gather(const Set &set, std::size_t run, std::size_t runs);
  void look_ahead(std::size_t from, std::size_t runs);
  void fetch(const Set &set);

  Kernel kernel_;
  PanelPrime prime_;
  std::size_t degree_;
  Repeat repeat_;
  std::vector<Set> sets_;
  std::vector<std::uint32_t> columns_;  // 0, 1, …
  std::vector<std::uint64_t> words_;    // [operand][kStepWords] of a step
  std::vector<std::uint64_t> factors_;  // [run][panel][operand][kPanelRows] of a block
  Ahead ahead_ = {};
};

}  // namespace cipherstream
