#include "sample.h"

#include <algorithm>

#include "golden/arithmetic.h"
#include "random.h"

namespace cipherstream::test {

namespace {

limb_descriptor instruction(std::uint8_t opcode, std::uint64_t d_limb, std::uint64_t limb_lines) {
  limb_descriptor d{};
  d.opcode = opcode;
  d.d_segment = 1;
  d.d_line = static_cast<std::uint32_t>(d_limb * limb_lines);
  return d;
}

}  // namespace

Scene sample_scene(const Parameters &core) {
  const unsigned degree_bits = core.degree_bits_min;
  const auto lines = static_cast<std::uint32_t>((1U << degree_bits) / LIMB_LINE_WORDS);
  limb_descriptor sum = instruction(LIMB_OP_ADD, 2, lines);
  sum.a_segment = 1;
  sum.a_line = lines;
  const std::vector<limb_descriptor> program = {instruction(LIMB_OP_NTT, 0, lines), instruction(LIMB_OP_MUL, 1, lines),
                                                sum, instruction(LIMB_OP_ZEROS, 0, lines)};
  Scene scene(core, degree_bits, moduli(degree_bits, core.word_bits, core.montgomery_bits, 1),
              {{0, lines, false}, {lines, 3 * lines, true}}, 4 * lines, program);
  Random random(1);
  const std::uint64_t q = scene.moduli[0].q;
  for (std::uint64_t k = 0; k < std::uint64_t{1} << degree_bits; k++) {
    scene.put(scene.arguments.pool + 8 * k, k % 16 == 3 ? 0 : k % 16 == 5 ? q - 1 : random.below(q));
  }
  return scene;
}

std::vector<std::uint64_t> sample_words(const Scene &scene) {
  const std::uint64_t n = std::uint64_t{1} << scene.degree_bits;
  const Modulus &m = scene.moduli[0];
  std::vector<std::uint64_t> a(n);
  for (std::uint64_t k = 0; k < n; k++) a[k] = scene.word(scene.arguments.pool + 8 * k);
  std::vector<std::uint64_t> words = a;
  for (std::uint32_t k = 0; k < n; k++) {
    const std::uint64_t odd = 2 * std::uint64_t{golden::reversed(k, scene.degree_bits)} + 1;
    std::uint64_t sum = 0;
    for (std::uint64_t j = 0; j < n; j++) {
      sum = golden::add(sum, golden::multiply(a[j], m.exponents[j * odd % (2 * n)], m.q), m.q);
    }
    words.push_back(sum);
  }
  for (std::uint64_t k = 0; k < n; k++) words.push_back(golden::multiply(a[k], a[k], m.q));
  for (std::uint64_t k = 0; k < n; k++) words.push_back(golden::add(words[2 * n + k], a[k], m.q));
  return words;
}

card_report run(Rig &rig, const Scene &scene, const sim::DeviceImage &image) {
  std::copy(scene.bytes.begin(), scene.bytes.end(), rig.bytes.begin());
  std::fill(rig.owners.begin(), rig.owners.end(), std::uint8_t{0});
  std::copy(scene.owners.begin(), scene.owners.end(), rig.owners.begin());
  return rig.run(scene.registers(image), kOwner);
}

std::vector<std::uint64_t> pool_words(const Rig &rig, const Scene &scene) {
  std::vector<std::uint64_t> words(scene.arguments.pool_lines * LIMB_LINE_WORDS);
  std::memcpy(words.data(), rig.bytes.data() + (scene.arguments.pool - kMemoryBase), 8 * words.size());
  return words;
}

}  // namespace cipherstream::test
