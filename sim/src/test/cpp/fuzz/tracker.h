// What must come of a program whatever the card: which words are defined, which status it ends with.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "support/scene.h"

namespace cipherstream::test {

// A stretch of the pool.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t lines = 0;

  bool meets(const Range &other) const {
    return lines != 0 && other.lines != 0 && first < other.first + other.lines && other.first < first + lines;
  }
  bool operator==(const Range &other) const { return first == other.first && lines == other.lines; }
};

struct Operands {
  Range d;
  Range a;
  Range b;
};

// Follows a program instruction by instruction. Of every line of the pool it knows an exclusive upper bound of its
// words, or that they are undefined.
class Tracker {
 public:
  explicit Tracker(const Scene &scene);

  // The status that a descriptor is refused with, 0 if it is not; by its fields and the segments alone.
  std::uint32_t refused(const limb_descriptor &descriptor) const;
  // Of a descriptor that is not refused.
  Operands operands(const limb_descriptor &descriptor) const;
  // Whether all words of its result are what the instruction set says.
  bool defined(const limb_descriptor &descriptor) const;
  // Whether memory answers all that the instruction reads and writes.
  bool reachable(const limb_descriptor &descriptor) const;
  void apply(const limb_descriptor &descriptor);
  // Words of the result are undefined.
  void spoil(const limb_descriptor &descriptor);

  // Bound of all words of a stretch; none if some are undefined.
  std::optional<std::uint64_t> bound(const Range &range) const;
  bool zeros_defined() const { return zeros_defined_; }

 private:
  struct TableModulus {
    std::uint64_t q;
    bool prime;  // one of the scene's, with the right R^2
    std::uint64_t roots_line;
    const Modulus *known;
  };

  std::uint64_t bound(std::uint64_t pool_line) const;
  std::uint64_t produced(const limb_descriptor &descriptor) const;
  bool roots_right(const TableModulus &modulus) const;
  bool operands_apart(const limb_descriptor &descriptor, const Operands &operands) const;

  const Scene &scene_;
  std::vector<Segment> segments_;
  std::vector<TableModulus> moduli_;
  mutable std::map<std::uint64_t, std::uint64_t> bounds_;  // by pool line; 0: undefined
  mutable std::map<unsigned, bool> roots_right_;
  bool zeros_defined_ = true;
};

}  // namespace cipherstream::test
