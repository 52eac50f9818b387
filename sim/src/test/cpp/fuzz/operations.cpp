#include "operations.h"

#include <algorithm>

namespace cipherstream::test {

namespace {

constexpr unsigned kTagsFirst = 1;
constexpr std::uint64_t kTermsOfLine = CORE_OP_BYTES / CORE_TERM_BYTES;
constexpr std::uint8_t kMirrored = 0x80;

}  // namespace

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

Stream Operations::stream(std::uint64_t count) {
  load();
  for (std::uint64_t i = 0; i < count; i++) {
    switch (random_.below(6)) {
      case 0:
        load();
        break;
      case 1:
        store();
        break;
      case 2:
      case 3:
        pass(true);
        break;
      case 4:
        pass(false);
        break;
      default:
        dot();
        break;
    }
  }
  store();
  stream_.emplace_back(CORE_OP_END);
  return std::move(stream_);
}

std::uint64_t Operations::slot(int modulus) {
  std::vector<std::uint64_t> found;
  for (std::size_t s = 0; s < held_.size(); s++) {
    if (held_[s] != kNothing && (modulus == kNothing || held_[s] == modulus)) found.push_back(s);
  }
  return found[random_.below(found.size())];
}

Operations::Short Operations::short_operand() {
  const bool mirrored = random_.chance(0.5);
  const std::uint64_t shift = random_.below(degree_bits_ - 2 - (mirrored ? 1 : 0));
  const std::uint64_t lines = data_.limb_lines >> (shift + (mirrored ? 1 : 0));
  const std::uint64_t first = (data_.inputs - 1) * data_.limb_lines;
  return {first + random_.below(data_.limb_lines - lines + 1),
          static_cast<std::uint8_t>(shift | (mirrored ? kMirrored : 0))};
}

void Operations::order(StreamLine &op, std::vector<Access> accesses) {
  const auto tag = static_cast<unsigned>(random_.between(kTagsFirst, CORE_TAGS - 1));
  unsigned waits = 0;
  for (const Access &earlier : accesses_) {
    for (const Access &a : accesses) {
      const bool meet = earlier.first < a.first + a.lines && a.first < earlier.first + earlier.lines;
      if (meet && (earlier.write || a.write)) waits |= 1U << earlier.tag;
    }
  }
  op.put(CORE_AT_TAG, static_cast<std::uint8_t>(tag)).put(CORE_AT_WAITS, static_cast<std::uint16_t>(waits));
  for (Access &a : accesses) {
    a.tag = tag;
    accesses_.push_back(a);
  }
}

void Operations::result(StreamLine &op, int modulus, const std::vector<std::uint64_t> &sources) {
  const bool turned = random_.chance(0.4);
  if (turned) {
    op.put(CORE_AT_GALOIS, static_cast<std::uint32_t>(2 * random_.below(std::uint64_t{1} << degree_bits_) + 1));
  }
  std::uint64_t to = random_.below(held_.size());
  while (turned && std::find(sources.begin(), sources.end(), to) != sources.end()) to = random_.below(held_.size());
  op.slot(CORE_AT_D_SLOTS, to);
  held_[to] = modulus;
}

void Operations::load() {
  const std::uint64_t limb = random_.below(data_.limbs());
  if (limb + 1 == data_.inputs) return;
  const std::uint64_t line = limb * data_.limb_lines;
  StreamLine op(CORE_OP_LOAD);
  op.memory(0, line);
  order(op, {{line, data_.limb_lines, false, 0}});
  result(op, static_cast<int>(contents_[limb]), {});
  stream_.push_back(op);
}

void Operations::store() {
  if (std::all_of(held_.begin(), held_.end(), [](int h) { return h == kNothing; })) return;
  const std::uint64_t work = random_.below(data_.works);
  const std::uint64_t from = slot(kNothing);
  StreamLine op(CORE_OP_STORE);
  op.slot(CORE_AT_A_SLOT, from).memory(1, work * data_.limb_lines);
  order(op, {{(data_.inputs + work) * data_.limb_lines, data_.limb_lines, true, 0}});
  contents_[data_.inputs + work] = static_cast<std::uint64_t>(held_[from]);
  stream_.push_back(op);
}

void Operations::pass(bool transforms) {
  if (std::all_of(held_.begin(), held_.end(), [](int h) { return h == kNothing; })) return;
  StreamLine op(transforms ? CORE_OP_XFM : CORE_OP_MAP);
  unsigned flags = transforms && random_.chance(0.5) ? CORE_FLAG_INVERSE : 0;
  const std::uint64_t a = slot(kNothing);
  auto source = static_cast<std::uint64_t>(held_[a]);
  std::vector<std::uint64_t> sources;
  std::vector<Access> accesses;
  if (!transforms && random_.chance(0.3)) {
    const Short b = short_operand();
    flags |= CORE_FLAG_MEMORY_A;
    op.memory(0, b.line).put(CORE_AT_REPEAT, b.repeat);
    const std::uint64_t shrink = (b.repeat & 0x1fU) + (b.repeat >> 7U);
    accesses.push_back({b.line, data_.limb_lines >> shrink, false, 0});
  } else if (!random_.chance(0.1)) {
    op.slot(CORE_AT_A_SLOT, a);
    sources.push_back(a);
  }
  std::uint64_t modulus = source;
  if (random_.chance(0.3)) {
    modulus = random_.below(moduli_.size());
    flags |= CORE_FLAG_REDUCE;
    op.put(CORE_AT_SOURCE_MODULUS, static_cast<std::uint8_t>(source));
  }
  const std::uint64_t q = moduli_[modulus];
  op.modulus(modulus);
  const auto constant = [&](unsigned flag, std::size_t at) {
    flags |= flag;
    op.put(at, word_below(random_, q));
  };
  const auto operand = [&](unsigned flag, std::size_t at) {
    flags |= flag;
    const bool there = std::find(held_.begin(), held_.end(), static_cast<int>(modulus)) != held_.end();
    if (!there || random_.chance(0.3)) return false;
    sources.push_back(slot(static_cast<int>(modulus)));
    op.slot(at, sources.back());
    return true;
  };
  if (random_.chance(0.3)) constant(CORE_FLAG_PRE_ADD, CORE_AT_PRE_CONSTANT);
  if (random_.chance(0.4)) operand(CORE_FLAG_SUBTRACT, CORE_AT_X_SLOT);
  if (random_.chance(0.4)) constant(CORE_FLAG_SCALE, CORE_AT_SCALE);
  if (random_.chance(0.3)) {
    if (!operand(CORE_FLAG_ADD, CORE_AT_Y_SLOT)) flags &= ~unsigned{CORE_FLAG_ADD};
  } else if (random_.chance(0.3)) {
    constant(CORE_FLAG_ADD_CONSTANT, CORE_AT_CONSTANT);
  }
  if (random_.chance(0.25)) flags |= CORE_FLAG_COUNT_ZEROS;
  op.flags(flags);
  if (!accesses.empty()) order(op, accesses);
  if ((flags & CORE_FLAG_COUNT_ZEROS) == 0 || random_.chance(0.6)) result(op, static_cast<int>(modulus), sources);
  stream_.push_back(op);
}

void Operations::dot() {
  if (std::all_of(held_.begin(), held_.end(), [](int h) { return h == kNothing; })) return;
  const std::uint64_t first = slot(kNothing);
  const int modulus = held_[first];
  const std::uint64_t count = random_.chance(0.15) ? random_.between(30, CORE_TERMS_MAX) : random_.between(1, 8);
  StreamLine op(CORE_OP_DOT);
  op.put(CORE_AT_TERMS, static_cast<std::uint8_t>(count)).modulus(static_cast<std::uint64_t>(modulus));
  std::vector<std::uint64_t> sources;
  std::vector<Access> accesses;
  Stream terms((count + kTermsOfLine - 1) / kTermsOfLine);
  for (std::uint64_t t = 0; t < count; t++) {
    StreamLine &line = terms[t / kTermsOfLine];
    const std::size_t at = t % kTermsOfLine * CORE_TERM_BYTES;
    const std::uint64_t kind = random_.below(3);
    const std::uint64_t a = slot(kind == 2 ? kNothing : modulus);
    sources.push_back(a);
    line.put(at + CORE_AT_TERM_KIND, static_cast<std::uint8_t>(kind)).slot(at + CORE_AT_TERM_A_SLOT, a);
    if (kind == 0) {
      sources.push_back(slot(modulus));
      line.put(at + CORE_AT_TERM_B, static_cast<std::uint32_t>(sources.back()));
    } else if (kind == 1) {
      const Short b = short_operand();
      line.put(at + CORE_AT_TERM_REPEAT, b.repeat).put(at + CORE_AT_TERM_VALUE, b.line);
      const std::uint64_t shrink = (b.repeat & 0x1fU) + (b.repeat >> 7U);
      accesses.push_back({b.line, data_.limb_lines >> shrink, false, 0});
    } else {
      line.put(at + CORE_AT_TERM_VALUE, word_below(random_, moduli_[static_cast<std::size_t>(modulus)]));
    }
  }
  if (!accesses.empty()) order(op, accesses);
  result(op, modulus, sources);
  stream_.push_back(op);
  stream_.insert(stream_.end(), terms.begin(), terms.end());
}

}  // namespace cipherstream::test
