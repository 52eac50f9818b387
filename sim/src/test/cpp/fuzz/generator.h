// Random limb programs in memory.
#pragma once

#include "support/random.h"
#include "tracker.h"

namespace cipherstream::test {

class Generator {
 public:
  // Programs for a core, of degree 2^degree_bits.
  Generator(const Parameters &core, unsigned degree_bits);

  // A program whose words are nearly all defined; `wild`: some words are not canonical, and a few instructions
  // read them or have operands that overlap.
  Scene scene(Random &random, bool wild) const;

 private:
  std::vector<Modulus> choose_moduli(Random &random) const;
  limb_descriptor instruction(Random &random, const Scene &scene, const Tracker &tracker, bool wild) const;
  limb_descriptor candidate(Random &random, const Scene &scene) const;

  const Parameters core_;
  const unsigned degree_bits_;
  std::vector<Modulus> moduli_;
};

}  // namespace cipherstream::test
