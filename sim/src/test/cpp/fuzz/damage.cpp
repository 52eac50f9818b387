#include "damage.h"

#include <algorithm>

namespace cipherstream::test {

namespace {

// A number of `bits` bits, often one at an edge.
std::uint64_t edge(Random &random, unsigned bits) {
  const std::uint64_t all = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  switch (random.below(4)) {
    case 0:
      return all;
    case 1:
      return random.below(4);
    case 2:
      return random.bits() & all;
    default:
      return all >> random.below(bits);
  }
}

void damage_field(Random &random, const Scene &scene, limb_descriptor &d) {
  const auto word = [&] {
    return static_cast<std::uint32_t>(random.chance(0.5) ? edge(random, 32) : random.below(12));
  };
  switch (random.below(10)) {
    case 0:
      d.opcode = static_cast<std::uint8_t>(random.chance(0.5) ? edge(random, 8) : random.below(17));
      break;
    case 1:
      d.modulus = static_cast<std::uint8_t>(random.chance(0.5) ? scene.moduli.size() : edge(random, 8));
      break;
    case 2:
      d.source_modulus = static_cast<std::uint8_t>(random.chance(0.5) ? scene.moduli.size() : edge(random, 8));
      break;
    case 3:
      d.repeat = static_cast<std::uint8_t>(edge(random, 8));
      break;
    case 4:
      d.galois = static_cast<std::uint32_t>(edge(random, random.chance(0.5) ? 32 : scene.degree_bits + 2));
      break;
    case 5:
      d.constant = edge(random, random.chance(0.5) ? 64 : scene.core.word_bits + 1);
      break;
    case 6:
      (random.chance(0.5) ? d.d_segment : d.a_segment) = word();
      break;
    case 7:
      d.b_segment = word();
      break;
    case 8:
      (random.chance(0.5) ? d.d_line : d.a_line) =
          static_cast<std::uint32_t>(edge(random, random.chance(0.5) ? 32 : 10));
      break;
    default:
      d.b_line = static_cast<std::uint32_t>(edge(random, random.chance(0.5) ? 32 : 10));
      break;
  }
}

}  // namespace

void damage_descriptors(Random &random, Scene &scene) {
  for (std::uint64_t times = random.between(1, 3); times > 0; times--) {
    const std::uint64_t index = random.below(scene.arguments.instruction_count);
    limb_descriptor d = scene.descriptor(index);
    if (random.chance(0.3)) {
      // Any bit of the descriptor, the reserved ones too: they mean nothing and must do nothing.
      auto *bytes = reinterpret_cast<std::uint8_t *>(&d);
      bytes[random.below(sizeof d)] ^= static_cast<std::uint8_t>(1U << random.below(8));
    } else {
      damage_field(random, scene, d);
    }
    scene.put(index, d);
  }
}

void damage_segments(Random &random, Scene &scene) {
  const std::uint64_t entry = scene.arguments.segments + 16 * random.below(scene.segments.size());
  const std::uint64_t pool = scene.arguments.pool_lines;
  switch (random.below(5)) {
    case 0:
      scene.put(entry, edge(random, 64));
      break;
    case 1:  // just fits, or just does not
      scene.put(entry, pool - (scene.word(entry + 8) & 0xffffffffU) + random.below(3) - 1);
      break;
    case 2:
      scene.put(entry + 8, (scene.word(entry + 8) & ~std::uint64_t{0xffffffff}) | edge(random, 32));
      break;
    case 3:
      scene.put(entry + 8, scene.word(entry + 8) ^ (std::uint64_t{1} << random.between(32, 63)));
      break;
    default:
      scene.put(entry + 8, 0);
      break;
  }
}

void damage_moduli(Random &random, Scene &scene) {
  const std::uint64_t entry = scene.arguments.tables + CARD_LINE_BYTES * random.below(scene.moduli.size());
  const std::uint64_t field = entry + 8 * random.below(3);
  switch (random.below(4)) {
    case 0:
      scene.put(field, scene.word(field) ^ (std::uint64_t{1} << random.below(64)));
      break;
    case 1:
      scene.put(field, edge(random, random.chance(0.5) ? 64 : scene.core.word_bits));
      break;
    case 2:  // of the core's words only 32 bits tell where a root table is
      scene.put(entry + 16, edge(random, 33));
      break;
    default: {
      const std::uint64_t roots = scene.arguments.tables + scene.word(entry + 16) % 4096 * CARD_LINE_BYTES;
      if (scene.owned(roots, 1)) scene.put(roots + 8 * random.below(LIMB_LINE_WORDS), edge(random, 64));
      break;
    }
  }
}

void damage_arguments(Random &random, Scene &scene) {
  Arguments &a = scene.arguments;
  const auto pointer = [&](std::uint64_t &address) {
    const std::uint64_t lines = scene.owners.size() + 100;
    const std::uint64_t memory = a.descriptors - a.descriptors % 4096;
    if (random.chance(0.7)) {
      address = memory + random.below(lines) * CARD_LINE_BYTES;
    } else {
      address = random.chance(0.5) ? 0 : edge(random, 48) / CARD_LINE_BYTES * CARD_LINE_BYTES;
    }
  };
  switch (random.below(10)) {
    case 0:
      a.instruction_count = static_cast<std::uint32_t>(random.below(2 * a.instruction_count + 60));
      break;
    case 1:
      a.segment_count = static_cast<std::uint32_t>(random.chance(0.3) ? edge(random, 32) : random.below(20));
      break;
    case 2:
      a.modulus_count = static_cast<std::uint32_t>(random.chance(0.3) ? edge(random, 32) : random.below(20));
      break;
    case 3:
      a.degree_bits = static_cast<std::uint32_t>(random.chance(0.5) ? edge(random, 32) : random.below(32));
      break;
    case 4:
      a.pool_lines = random.chance(0.5) ? edge(random, 64) : random.below(2 * a.pool_lines);
      break;
    case 5:
      pointer(a.descriptors);
      break;
    case 6:
      pointer(a.segments);
      break;
    case 7:
      pointer(a.tables);
      break;
    case 8:
      pointer(a.pool);
      break;
    default:
      pointer(a.result);
      break;
  }
}

void damage_owners(Random &random, Scene &scene) {
  for (std::uint64_t times = random.between(1, 4); times > 0; times--) {
    const std::uint64_t line = random.below(scene.owners.size());
    if (scene.owners[line] == kOwner) scene.owners[line] = random.chance(0.5) ? kStranger : 0;
  }
}

}  // namespace cipherstream::test
