#include "generator.h"

#include <algorithm>
#include <optional>

#include "operations.h"

namespace cipherstream::test {

namespace {

constexpr std::uint64_t kJobsMax = 3;
constexpr std::uint64_t kOperationsMax = 30;
constexpr std::uint64_t kModuliMax = 5;

void fill(Random &random, Scene &scene, const Data &data, const std::vector<std::uint64_t> &contents) {
  std::uint64_t least = ~std::uint64_t{0};
  for (const Modulus &m : scene.moduli) least = std::min(least, m.q);
  for (std::uint64_t limb = 0; limb < data.limbs(); limb++) {
    // The last of the limbs that are only read holds short operands, of any modulus.
    const std::uint64_t q = limb + 1 == data.inputs ? least : scene.moduli[contents[limb]].q;
    for (std::uint64_t k = 0; k < scene.limb_lines() * kLineWords; k++) {
      scene.put(scene.data_address(limb * scene.limb_lines()) + 8 * k, word_below(random, q));
    }
  }
}

}  // namespace

Generator::Generator(const Parameters &core, unsigned degree_bits) : core_(core), degree_bits_(degree_bits) {
  for (const unsigned bits :
       {core.word_bits, core.word_bits - 1, core.word_bits - 6, degree_bits + 20, degree_bits + 12}) {
    for (Modulus &m : moduli(degree_bits, bits, core.montgomery_bits, 2)) moduli_.push_back(std::move(m));
  }
}

Scene Generator::scene(Random &random) const {
  std::vector<Modulus> chosen;
  const std::uint64_t count = random.between(1, std::min<std::uint64_t>(kModuliMax, core_.moduli));
  for (std::uint64_t i = 0; i < count; i++) chosen.push_back(moduli_[random.below(moduli_.size())]);
  Data data;
  data.inputs = random.between(2, 5);
  data.works = random.between(1, 4);
  data.limb_lines = (std::uint64_t{1} << degree_bits_) / kLineWords;
  std::vector<std::uint64_t> contents;
  for (std::uint64_t i = 0; i < data.limbs(); i++) contents.push_back(random.below(count));
  const std::vector<std::uint64_t> before = contents;
  std::vector<std::uint64_t> q;
  for (const Modulus &m : chosen) q.push_back(m.q);
  std::vector<Stream> streams;
  for (std::uint64_t jobs = random.between(1, kJobsMax); jobs > 0; jobs--) {
    streams.push_back(
        Operations(random, q, degree_bits_, core_.slots, data, contents).stream(random.between(1, kOperationsMax)));
  }
  Scene scene(core_, degree_bits_, std::move(chosen), data.segments(), data.limbs() * data.limb_lines, streams);
  fill(random, scene, data, before);
  return scene;
}

}  // namespace cipherstream::test
