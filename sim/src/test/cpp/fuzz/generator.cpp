#include "generator.h"

#include <algorithm>

namespace cipherstream::test {

namespace {

constexpr std::uint64_t kPoolLimbsMin = 5;
constexpr std::uint64_t kPoolLimbsMax = 12;
constexpr std::uint64_t kInstructionsMax = 40;
constexpr int kTries = 30;

std::vector<Segment> random_segments(Random &random, std::uint64_t pool_lines, std::uint64_t limb_lines) {
  std::vector<Segment> segments;
  const std::uint64_t count = random.between(2, 7);
  for (std::uint64_t i = 0; i < count; i++) {
    const std::uint64_t base = random.below(pool_lines - limb_lines + 1);
    const std::uint64_t most = std::min(pool_lines - base, 5 * limb_lines);
    segments.push_back(
        {base, static_cast<std::uint32_t>(random.between(limb_lines, most)), i == 0 || random.chance(0.7)});
  }
  return segments;
}

// The words at the edges come often: they are where carries and comparisons go wrong.
std::uint64_t word_below(Random &random, std::uint64_t q) {
  switch (random.below(8)) {
    case 0:
      return 0;
    case 1:
      return 1 % q;
    case 2:
      return q - 1;
    case 3:
      return q - 1 - random.below(std::min<std::uint64_t>(q, 4));
    default:
      return random.below(q);
  }
}

void fill_pool(Random &random, Scene &scene, bool wild) {
  std::uint64_t least = ~std::uint64_t{0};
  for (const Modulus &m : scene.moduli) least = std::min(least, m.q);
  std::uint64_t q = least;
  for (std::uint64_t line = 0; line < scene.arguments.pool_lines; line++) {
    // Words of one modulus in a row, most of them canonical for every modulus.
    if (random.chance(0.02)) q = random.chance(0.6) ? least : scene.moduli[random.below(scene.moduli.size())].q;
    const bool canonical = !wild || !random.chance(0.05);
    const std::uint64_t same = word_below(random, q);
    const bool repeats = random.chance(0.1);
    for (unsigned i = 0; i < LIMB_LINE_WORDS; i++) {
      const std::uint64_t any = random.chance(0.3) ? ~std::uint64_t{0} : random.bits() >> random.below(64);
      const std::uint64_t word = !canonical ? any : repeats ? same : word_below(random, q);
      scene.put(scene.pool_address(line) + 8 * i, word);
    }
  }
}

// Lines at which limbs begin: often the same ones, so that instructions wait for each other.
std::uint32_t random_line(Random &random, const Segment &segment, std::uint64_t lines) {
  const std::uint64_t most = segment.lines - lines;
  if (random.chance(0.8)) return static_cast<std::uint32_t>(random.below(most / lines + 1) * lines);
  return static_cast<std::uint32_t>(random.below(most + 1));
}

}  // namespace

Generator::Generator(const Parameters &core, unsigned degree_bits) : core_(core), degree_bits_(degree_bits) {
  for (const unsigned bits :
       {core.word_bits, core.word_bits - 1, core.word_bits - 6, degree_bits + 20, degree_bits + 12}) {
    for (Modulus &m : moduli(degree_bits, bits, core.montgomery_bits, 2)) moduli_.push_back(std::move(m));
  }
}

std::vector<Modulus> Generator::choose_moduli(Random &random) const {
  std::vector<Modulus> chosen;
  const std::uint64_t count = random.between(1, std::min<std::uint64_t>(6, core_.moduli));
  for (std::uint64_t i = 0; i < count; i++) chosen.push_back(moduli_[random.below(moduli_.size())]);
  return chosen;
}

limb_descriptor Generator::candidate(Random &random, const Scene &scene) const {
  limb_descriptor d{};
  const std::uint64_t limb = scene.limb_lines();
  const auto segment = [&](bool writable) {
    while (true) {
      const auto i = static_cast<std::uint32_t>(random.below(scene.segments.size()));
      if (!writable || scene.segments[i].writable) return i;
    }
  };
  d.opcode = static_cast<std::uint8_t>(random.between(LIMB_OP_NTT, LIMB_OP_LAST));
  // As many transforms as all else together: it is they that take long.
  if (random.chance(0.2)) d.opcode = static_cast<std::uint8_t>(random.between(LIMB_OP_NTT, LIMB_OP_INTT));
  d.modulus = static_cast<std::uint8_t>(random.below(scene.moduli.size()));
  d.source_modulus = static_cast<std::uint8_t>(random.below(scene.moduli.size()));
  d.d_segment = segment(true);
  d.a_segment = segment(false);
  d.b_segment = segment(false);
  d.d_line = random_line(random, scene.segments[d.d_segment], limb);
  d.a_line = random_line(random, scene.segments[d.a_segment], limb);
  const bool reads_b = d.opcode >= LIMB_OP_MUL && d.opcode <= LIMB_OP_SUB;
  if (reads_b && random.chance(0.4)) {
    const bool mirrored = random.chance(0.5);
    const std::uint64_t shift = random.below(degree_bits_ - 2 - (mirrored ? 1 : 0));
    d.repeat = static_cast<std::uint8_t>(shift | (mirrored ? LIMB_REPEAT_MIRRORED : 0));
  }
  const std::uint64_t shrink = (d.repeat & LIMB_REPEAT_SHIFT_MASK) + (d.repeat >> 7U);
  d.b_line = random_line(random, scene.segments[d.b_segment], limb >> shrink);
  if (random.chance(0.15)) {
    d.a_segment = d.d_segment;
    d.a_line = d.d_line;
  }
  if (d.opcode == LIMB_OP_SCALE || d.opcode == LIMB_OP_ADDC || d.opcode == LIMB_OP_FILL || d.opcode == LIMB_OP_MACC) {
    d.constant = word_below(random, scene.moduli[d.modulus].q);
  }
  if (d.opcode == LIMB_OP_PERM)
    d.galois = static_cast<std::uint32_t>(2 * random.below(std::uint64_t{1} << degree_bits_) + 1);
  return d;
}

limb_descriptor Generator::instruction(Random &random, const Scene &scene, const Tracker &tracker, bool wild) const {
  const bool any = wild && random.chance(0.04);
  for (int i = 0; i < kTries; i++) {
    const limb_descriptor d = candidate(random, scene);
    if (any || tracker.defined(d)) return d;
  }
  limb_descriptor fill{};
  fill.opcode = LIMB_OP_FILL;
  return fill;
}

Scene Generator::scene(Random &random, bool wild) const {
  const std::uint64_t limb = (std::uint64_t{1} << degree_bits_) / LIMB_LINE_WORDS;
  const std::uint64_t pool_lines = random.between(kPoolLimbsMin, kPoolLimbsMax) * limb + random.below(limb);
  const std::vector<limb_descriptor> empty(random.between(1, kInstructionsMax));
  Scene scene(core_, degree_bits_, choose_moduli(random), random_segments(random, pool_lines, limb), pool_lines, empty);
  fill_pool(random, scene, wild);
  Tracker tracker(scene);
  for (std::size_t i = 0; i < empty.size(); i++) {
    const limb_descriptor d = instruction(random, scene, tracker, wild);
    scene.put(i, d);
    tracker.apply(d);
  }
  return scene;
}

}  // namespace cipherstream::test
