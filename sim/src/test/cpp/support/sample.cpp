#include "sample.h"

#include <algorithm>

#include "golden/arithmetic.h"
#include "random.h"

namespace cipherstream::test {

namespace {

// Slots of a, d, e, f, and of a again.
enum Slot : unsigned { kA, kD, kE, kF, kAgain };

Stream sample_stream(std::uint64_t lines) {
  Stream stream(kSampleLines);
  stream[kLoad] = StreamLine(CORE_OP_LOAD).memory(0, 0).slot(CORE_AT_D_SLOTS, kA);
  stream[kXfm] = StreamLine(CORE_OP_XFM).slot(CORE_AT_A_SLOT, kA).slot(CORE_AT_D_SLOTS, kD);
  stream[kLoadAgain] = StreamLine(CORE_OP_LOAD).memory(0, 0).slot(CORE_AT_D_SLOTS, kAgain);
  stream[kDot] = StreamLine(CORE_OP_DOT).put<std::uint8_t>(CORE_AT_TERMS, 1).slot(CORE_AT_D_SLOTS, kE);
  // b is a again, from memory: limb 0 of segment 0.
  stream[kTerm] = StreamLine().put<std::uint8_t>(CORE_AT_TERM_KIND, 1).slot(CORE_AT_TERM_A_SLOT, kA);
  stream[kMap] = StreamLine(CORE_OP_MAP)
                     .flags(CORE_FLAG_ADD)
                     .slot(CORE_AT_A_SLOT, kE)
                     .slot(CORE_AT_Y_SLOT, kAgain)
                     .slot(CORE_AT_D_SLOTS, kF);
  stream[kCount] = StreamLine(CORE_OP_MAP).flags(CORE_FLAG_COUNT_ZEROS).slot(CORE_AT_A_SLOT, kA);
  for (const unsigned slot : {kD, kE, kF}) {
    stream[kStoreD + slot - kD] = StreamLine(CORE_OP_STORE).slot(CORE_AT_A_SLOT, slot).memory(1, (slot - kD) * lines);
  }
  stream[kEnd] = StreamLine(CORE_OP_END);
  return stream;
}

}  // namespace

Scene sample_scene(const Parameters &core) {
  const unsigned degree_bits = core.degree_bits_min;
  const auto lines = static_cast<std::uint32_t>((1U << degree_bits) / kLineWords);
  Scene scene(core, degree_bits, moduli(degree_bits, core.word_bits, core.montgomery_bits, 1),
              {{0, lines, false}, {lines, 3 * lines, true}}, 4 * lines, {sample_stream(lines)});
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

std::vector<std::uint64_t> data_words(const Rig &rig, const Scene &scene) {
  std::vector<std::uint64_t> words(scene.data_lines * kLineWords);
  std::memcpy(words.data(), rig.bytes.data() + (scene.arguments.pool - kMemoryBase), 8 * words.size());
  return words;
}

}  // namespace cipherstream::test
