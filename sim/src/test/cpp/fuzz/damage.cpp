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

struct Field {
  std::size_t offset;
  unsigned bytes;
};

// Those of operations, then those of terms.
constexpr Field kFields[] = {
    {CORE_AT_OPCODE, 1},      {CORE_AT_MODULUS, 1},     {CORE_AT_SOURCE_MODULUS, 1}, {CORE_AT_REPEAT, 1},
    {CORE_AT_FLAGS, 2},       {CORE_AT_TAG, 1},         {CORE_AT_TERMS, 1},          {CORE_AT_WAITS, 2},
    {CORE_AT_A_SLOT, 2},      {CORE_AT_X_SLOT, 2},      {CORE_AT_Y_SLOT, 2},         {CORE_AT_SEGMENT, 4},
    {CORE_AT_LINE, 4},        {CORE_AT_GALOIS, 4},      {CORE_AT_PRE_CONSTANT, 8},   {CORE_AT_SCALE, 8},
    {CORE_AT_CONSTANT, 8},    {CORE_AT_D_SLOTS, 2},     {CORE_AT_D_SLOTS + 2, 2},    {CORE_AT_TERM_KIND, 1},
    {CORE_AT_TERM_REPEAT, 1}, {CORE_AT_TERM_A_SLOT, 2}, {CORE_AT_TERM_B, 4},         {CORE_AT_TERM_VALUE, 8},
};

// Small numbers are often allowed, or just not.
std::uint64_t value(Random &random, unsigned bytes) {
  return random.chance(0.5) ? edge(random, 8 * bytes) : random.below(20);
}

const JobPlaces &any_job(Random &random, const Scene &scene) { return scene.jobs[random.below(scene.jobs.size())]; }

}  // namespace

void damage_streams(Random &random, Scene &scene, Damage &damage) {
  damage.any = true;
  for (std::uint64_t times = random.between(1, 3); times > 0; times--) {
    const JobPlaces &job = any_job(random, scene);
    const std::uint64_t lines = scene.word(job.line + 16) & 0xffffffffU;
    if (lines == 0) return;
    const std::uint64_t line = job.stream + random.below(lines) * CARD_LINE_BYTES;
    if (random.chance(0.3)) {
      // Any bit, those that no field has too: they mean nothing and must do nothing.
      const std::uint64_t at = line + 8 * random.below(kLineWords);
      scene.put(at, scene.word(at) ^ (std::uint64_t{1} << random.below(64)));
      continue;
    }
    const Field &field = kFields[random.below(std::size(kFields))];
    const std::uint64_t written = value(random, field.bytes);
    for (unsigned i = 0; i < field.bytes; i++) {
      scene.put(line + field.offset + i, static_cast<std::uint8_t>(written >> (8 * i)));
    }
  }
}

void damage_jobs(Random &random, Scene &scene, Damage &damage) {
  damage.any = true;
  const JobPlaces &job = any_job(random, scene);
  const std::uint64_t lines = scene.word(job.line + 16);
  switch (random.below(4)) {
    case 0:  // a stream that is cut off, or goes on where a stranger's lines are
      scene.put(job.line + 16, random.below(lines));
      break;
    case 1:
      scene.put(job.line + 16, lines + random.between(1, 5));
      damage.foreign = true;
      break;
    case 2: {
      const std::uint64_t segments = random.chance(0.3) ? edge(random, 32) : random.below(40);
      scene.put(job.line + 32, segments);
      damage.foreign = true;
      break;
    }
    default:  // stream, segments or result where nothing is
      scene.put(job.line + 8 * (random.chance(0.4)   ? 0U
                                : random.chance(0.5) ? 3U
                                                     : 5U),
                (edge(random, 48) | std::uint64_t{1} << 40U) / CARD_LINE_BYTES * CARD_LINE_BYTES);
      damage.foreign = true;
      break;
  }
}

void damage_segments(Random &random, Scene &scene, Damage &damage) {
  damage.any = true;
  const std::uint64_t entry = any_job(random, scene).segments + 16 * random.below(scene.segments.size());
  const std::uint64_t pool = scene.arguments.pool_lines;
  switch (random.below(4)) {
    case 0:
      scene.put(entry, pool + 1 + (edge(random, 64) >> 1U));
      break;
    case 1:  // just ends outside the pool
      scene.put(entry, pool - (scene.word(entry + 8) & 0xffffffffU) + 1);
      break;
    case 2:  // shorter
      scene.put(entry + 8, (scene.word(entry + 8) & ~std::uint64_t{0xffffffff}) |
                               random.below(1 + (scene.word(entry + 8) & 0xffffffffU)));
      break;
    default:  // may be written, or not; a bit that means nothing
      scene.put(entry + 8, scene.word(entry + 8) ^ (std::uint64_t{1} << random.between(32, 63)));
      break;
  }
}

void damage_moduli(Random &random, Scene &scene, Damage &damage) {
  damage.any = true;
  const std::uint64_t entry = scene.arguments.tables + CARD_LINE_BYTES * random.below(scene.moduli.size());
  const std::uint64_t field = entry + 8 * random.below(3);
  switch (random.below(4)) {
    case 0:
      scene.put(field, scene.word(field) ^ (std::uint64_t{1} << random.below(64)));
      break;
    case 1:
      scene.put(field, edge(random, random.chance(0.5) ? 64 : scene.core.word_bits));
      break;
    case 2:  // only 32 bits tell where a root table is
      scene.put(entry + 16, edge(random, 33));
      break;
    default:
      scene.put(scene.arguments.tables + CARD_LINE_BYTES * scene.moduli.size() + 8 * random.below(kLineWords),
                edge(random, 64));
      break;
  }
  damage.foreign = true;
}

void damage_arguments(Random &random, Scene &scene, Damage &damage) {
  damage.any = true;
  Arguments &a = scene.arguments;
  // Far below the card's memory, so that nothing behind such an address is in it.
  const auto nowhere = [&] { return edge(random, 30) / CARD_LINE_BYTES * CARD_LINE_BYTES; };
  damage.foreign = true;
  switch (random.below(8)) {
    case 0:
      a.job_count = static_cast<std::uint32_t>(random.below(a.job_count + 3));
      break;
    case 1:
      a.modulus_count = static_cast<std::uint32_t>(random.chance(0.3) ? edge(random, 32) : random.below(20));
      break;
    case 2:
      a.degree_bits = scene.core.degree_bits_max + 1 + static_cast<std::uint32_t>(random.below(20));
      break;
    case 3:
      a.degree_bits = static_cast<std::uint32_t>(random.below(scene.core.degree_bits_min));
      break;
    case 4:
      a.pool_lines = random.chance(0.5) ? (std::uint64_t{1} << 58U) + random.below(2) : random.below(a.pool_lines);
      break;
    case 5:
      a.jobs = nowhere();
      break;
    case 6:
      a.tables = nowhere();
      break;
    default:
      a.pool = nowhere();
      break;
  }
}

void damage_owners(Random &random, Scene &scene, Damage &damage) {
  damage.foreign = true;
  for (std::uint64_t times = random.between(1, 4); times > 0; times--) {
    const std::uint64_t line = random.below(scene.owners.size());
    if (scene.owners[line] == kOwner) scene.owners[line] = random.chance(0.5) ? kStranger : 0;
  }
}

}  // namespace cipherstream::test
