// Random operations of one job, all of whose operands are defined.
#pragma once

#include "support/random.h"
#include "support/scene.h"

namespace cipherstream::test {

// The data of a scene: limbs that are only read, the last of them of short operands, then limbs that are written too.
struct Data {
  std::uint64_t inputs = 0;
  std::uint64_t works = 0;
  std::uint64_t limb_lines = 0;

  std::uint64_t limbs() const { return inputs + works; }
  // Number 0: all limbs, only to be read; 1: those that are written.
  std::vector<Segment> segments() const {
    return {{0, static_cast<std::uint32_t>(limbs() * limb_lines), false},
            {inputs * limb_lines, static_cast<std::uint32_t>(works * limb_lines), true}};
  }
};

// The words at the edges come often: they are where carries and comparisons go wrong.
std::uint64_t word_below(Random &random, std::uint64_t q);

class Operations {
 public:
  // `contents`: number of the modulus of each limb's residues, changed as the operations change it.
  Operations(Random &random, const std::vector<std::uint64_t> &moduli, unsigned degree_bits, unsigned slots,
             const Data &data, std::vector<std::uint64_t> &contents)
      : random_(random),
        moduli_(moduli),
        degree_bits_(degree_bits),
        held_(slots, kNothing),
        data_(data),
        contents_(contents) {}

  // So many operations, and END.
  Stream stream(std::uint64_t count);

 private:
  static constexpr int kNothing = -1;
  // Lines of the data that an operation reads or writes.
  struct Access {
    std::uint64_t first;
    std::uint64_t lines;
    bool write;
    unsigned tag;
  };
  struct Short {
    std::uint64_t line;
    std::uint8_t repeat;
  };

  void load();
  void store();
  void pass(bool transforms);
  void dot();
  // A slot that holds residues of a modulus, or of any with kNothing.
  std::uint64_t slot(int modulus);
  Short short_operand();
  // Gives the operation a tag and what it waits for.
  void order(StreamLine &op, std::vector<Access> accesses);
  // Gives it a result, permuted or not; not to a slot that it reads if it is.
  void result(StreamLine &op, int modulus, const std::vector<std::uint64_t> &sources);

  Random &random_;
  const std::vector<std::uint64_t> &moduli_;
  const unsigned degree_bits_;
  std::vector<int> held_;
  const Data &data_;
  std::vector<std::uint64_t> &contents_;
  std::vector<Access> accesses_;
  Stream stream_;
};

}  // namespace cipherstream::test
