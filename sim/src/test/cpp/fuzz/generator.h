// Random core programs in memory.
#pragma once

#include "support/random.h"
#include "support/scene.h"

namespace cipherstream::test {

class Generator {
 public:
  // Programs for a core, of degree 2^degree_bits.
  Generator(const Parameters &core, unsigned degree_bits);

  // One to three jobs, all of whose words are defined.
  Scene scene(Random &random) const;

 private:
  const Parameters core_;
  const unsigned degree_bits_;
  std::vector<Modulus> moduli_;
};

}  // namespace cipherstream::test
