#include "expectation.h"

namespace cipherstream::test {

namespace {

constexpr std::uint32_t kBadArgument = 7;
constexpr std::uint32_t kReadError = 8;
constexpr std::uint32_t kWriteError = 9;

bool arguments_fit(const Scene &scene) {
  const Arguments &a = scene.arguments;
  return a.degree_bits >= scene.core.degree_bits_min && a.degree_bits <= scene.core.degree_bits_max &&
         a.segment_count <= scene.core.segments && a.modulus_count <= scene.core.moduli &&
         a.pool_lines <= std::uint64_t{1} << 36U;
}

bool segments_fit(const Scene &scene) {
  for (std::uint32_t i = 0; i < scene.arguments.segment_count; i++) {
    const std::uint64_t entry = scene.arguments.segments + 16 * std::uint64_t{i};
    const std::uint64_t base = scene.word(entry);
    const std::uint64_t lines = scene.word(entry + 8) & 0xffffffffU;
    if (base > scene.arguments.pool_lines || lines > scene.arguments.pool_lines - base) return false;
  }
  return true;
}

bool moduli_fit(const Scene &scene) {
  for (std::uint32_t i = 0; i < scene.arguments.modulus_count; i++) {
    const std::uint64_t entry = scene.arguments.tables + CARD_LINE_BYTES * std::uint64_t{i};
    if ((scene.word(entry) | scene.word(entry + 8)) >> scene.core.word_bits != 0) return false;
    if (scene.word(entry + 16) >> 32U != 0) return false;
  }
  return true;
}

// Lines that the core reads as tables and descriptors or writes as its result.
std::vector<bool> bookkeeping(const Scene &scene) {
  const Arguments &a = scene.arguments;
  std::vector<bool> kept(scene.owners.size());
  const auto mark = [&](std::uint64_t address, std::uint64_t lines) {
    for (std::uint64_t i = 0; i < lines && i < kept.size(); i++) {
      const std::uint64_t line = scene.line(address + i * CARD_LINE_BYTES);
      if (line < kept.size()) kept[line] = true;
    }
  };
  mark(a.descriptors, a.instruction_count);
  mark(a.segments, (std::uint64_t{a.segment_count} + 3) / 4);
  mark(a.tables, a.modulus_count);
  for (std::uint32_t i = 0; i < a.modulus_count; i++) {
    const std::uint64_t roots = scene.word(a.tables + CARD_LINE_BYTES * std::uint64_t{i} + 16) & 0xffffffffU;
    mark(a.tables + roots * CARD_LINE_BYTES, scene.limb_lines());
  }
  mark(a.result, 2);
  return kept;
}

class Walk {
 public:
  explicit Walk(const Scene &scene) : scene_(scene), tracker_(scene), kept_(bookkeeping(scene)) {}

  void run(Expectation &e) {
    for (std::uint32_t i = 0; i < scene_.arguments.instruction_count; i++) {
      if (!scene_.owned(scene_.arguments.descriptors + i * std::uint64_t{LIMB_DESCRIPTOR_BYTES}, 1)) {
        e.memory_error = true;
        break;
      }
      const limb_descriptor d = scene_.descriptor(i);
      e.status = tracker_.refused(d);
      if (e.status != 0) {
        e.instruction = i;
        break;
      }
      e.finished++;
      step(e, d);
    }
    // A core reads descriptors ahead, also beyond one that it refuses.
    e.memory_error |= !scene_.owned(scene_.arguments.descriptors, scene_.arguments.instruction_count);
    e.zeros_defined = tracker_.zeros_defined() && !e.memory_error && !e.self_changing;
    for (std::size_t i = 0; i < e.open.size(); i++) {
      if (e.self_changing) e.open[i] = scene_.owners[i] == kOwner;
    }
    if (e.self_changing) return;
    for (const Range &range : written_) {
      for (std::uint64_t i = 0; i < range.lines; i++) {
        const std::uint64_t line = scene_.line(scene_.pool_address(range.first + i));
        if (line >= e.open.size() || scene_.owners[line] != kOwner) continue;
        e.open[line] = e.memory_error || !tracker_.bound(Range{range.first + i, 1});
      }
    }
  }

 private:
  void step(Expectation &e, const limb_descriptor &d) {
    const Range to = tracker_.operands(d).d;
    if (!tracker_.reachable(d)) e.memory_error = true;
    for (std::uint64_t i = 0; i < to.lines; i++) {
      const std::uint64_t line = scene_.line(scene_.pool_address(to.first + i));
      if (line < kept_.size() && scene_.owners[line] == kOwner && kept_[line]) e.self_changing = true;
    }
    tracker_.apply(d);
    if (to.lines != 0) written_.push_back(to);
    (d.opcode <= LIMB_OP_INTT ? e.transforms : e.word_wise)++;
  }

  const Scene &scene_;
  Tracker tracker_;
  const std::vector<bool> kept_;
  std::vector<Range> written_;
};

void tables_and_program(const Scene &scene, Expectation &e) {
  const Arguments &a = scene.arguments;
  if (!scene.owned(a.segments, (std::uint64_t{a.segment_count} + 3) / 4) || !scene.owned(a.tables, a.modulus_count)) {
    // Which of the two is seen first, an error or a table that does not fit, is open.
    e.memory_error = true;
    e.status = kBadArgument;
    return;
  }
  if (!segments_fit(scene) || !moduli_fit(scene)) {
    e.status = kBadArgument;
    return;
  }
  Walk(scene).run(e);
}

}  // namespace

bool Expectation::allows(std::uint32_t seen, std::uint32_t at) const {
  if (self_changing) return true;
  const bool refused = seen == status && status != 0 && at == instruction;
  if (memory_error) return refused || seen == kReadError || seen == kWriteError;
  if (status == 0 && result_lost) return seen == kWriteError;
  return seen == status && at == instruction;
}

Expectation expectation(const Scene &scene) {
  Expectation e;
  e.open.resize(scene.owners.size());
  e.result_lost = !scene.owned(scene.arguments.result, 2);
  e.arguments_fit = arguments_fit(scene);
  if (e.arguments_fit) {
    tables_and_program(scene, e);
  } else {
    e.status = kBadArgument;
  }
  return e;
}

}  // namespace cipherstream::test
