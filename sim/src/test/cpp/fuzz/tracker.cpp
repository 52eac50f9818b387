#include "tracker.h"

#include <algorithm>

#include "limb_program.h"

namespace cipherstream::test {

namespace {

constexpr std::uint64_t kUndefined = 0;

bool uses_b(unsigned opcode) {
  return opcode == LIMB_OP_MUL || opcode == LIMB_OP_MAC || opcode == LIMB_OP_ADD || opcode == LIMB_OP_SUB;
}

bool transforms(unsigned opcode) { return opcode == LIMB_OP_NTT || opcode == LIMB_OP_INTT; }

// Words go through as they are.
bool moves(unsigned opcode) { return opcode == LIMB_OP_COPY || opcode == LIMB_OP_PERM; }

bool updates(unsigned opcode) { return opcode == LIMB_OP_MAC || opcode == LIMB_OP_MACC; }

unsigned shrink(const limb_descriptor &d) {
  return (d.repeat & LIMB_REPEAT_SHIFT_MASK) + ((d.repeat & LIMB_REPEAT_MIRRORED) != 0 ? 1U : 0U);
}

bool valid_galois(const limb_descriptor &d, unsigned degree_bits) {
  return d.galois % 2 == 1 && d.galois < (std::uint64_t{2} << degree_bits);
}

}  // namespace

Tracker::Tracker(const Scene &scene) : scene_(scene) {
  for (std::uint32_t i = 0; i < scene.arguments.segment_count; i++) {
    const std::uint64_t entry = scene.arguments.segments + 16 * std::uint64_t{i};
    const std::uint64_t rest = scene.word(entry + 8);
    segments_.push_back({scene.word(entry), static_cast<std::uint32_t>(rest), (rest >> 32U & 1U) != 0});
  }
  for (std::uint32_t i = 0; i < scene.arguments.modulus_count; i++) {
    const std::uint64_t entry = scene.arguments.tables + CARD_LINE_BYTES * std::uint64_t{i};
    TableModulus modulus{scene.word(entry), false, scene.word(entry + 16), nullptr};
    for (const Modulus &known : scene.moduli) {
      if (known.q == modulus.q) modulus.known = &known;
    }
    modulus.prime = modulus.known != nullptr && modulus.known->r_squared == scene.word(entry + 8);
    moduli_.push_back(modulus);
  }
}

std::uint32_t Tracker::refused(const limb_descriptor &d) const {
  const std::uint64_t limb = scene_.limb_lines();
  if (d.opcode < LIMB_OP_NTT || d.opcode > LIMB_OP_LAST) return 1;
  if (d.modulus >= moduli_.size() || d.source_modulus >= moduli_.size()) return 2;
  const bool unknown = (d.repeat & ~(LIMB_REPEAT_SHIFT_MASK | LIMB_REPEAT_MIRRORED)) != 0;
  if (unknown || (limb >> shrink(d)) == 0 || (shrink(d) != 0 && !uses_b(d.opcode)) ||
      d.constant >> scene_.core.word_bits != 0 ||
      (d.opcode == LIMB_OP_PERM && !valid_galois(d, scene_.arguments.degree_bits))) {
    return 6;
  }
  const auto operand = [&](std::uint32_t segment, std::uint32_t line, std::uint64_t lines, bool written) {
    if (segment >= segments_.size()) return 3U;
    if (line + lines > segments_[segment].lines) return 4U;
    return written && !segments_[segment].writable ? 5U : 0U;
  };
  std::uint32_t status = 0;
  if (d.opcode != LIMB_OP_ZEROS) status = operand(d.d_segment, d.d_line, limb, true);
  if (status == 0 && d.opcode != LIMB_OP_FILL) status = operand(d.a_segment, d.a_line, limb, false);
  if (status == 0 && uses_b(d.opcode)) status = operand(d.b_segment, d.b_line, limb >> shrink(d), false);
  return status;
}

Operands Tracker::operands(const limb_descriptor &d) const {
  const std::uint64_t limb = scene_.limb_lines();
  Operands found;
  if (d.opcode != LIMB_OP_ZEROS) found.d = {segments_[d.d_segment].base + d.d_line, limb};
  if (d.opcode != LIMB_OP_FILL) found.a = {segments_[d.a_segment].base + d.a_line, limb};
  if (uses_b(d.opcode)) found.b = {segments_[d.b_segment].base + d.b_line, limb >> shrink(d)};
  return found;
}

std::uint64_t Tracker::bound(std::uint64_t pool_line) const {
  const auto known = bounds_.find(pool_line);
  if (known != bounds_.end()) return known->second;
  std::uint64_t most = 0;
  const std::uint64_t address = scene_.pool_address(pool_line);
  if (scene_.owned(address, 1)) {
    for (unsigned i = 0; i < LIMB_LINE_WORDS; i++) most = std::max(most, scene_.word(address + 8 * i));
  }
  // The core sees words modulo 2^wordBits; as a bound the largest word is the same as all bits.
  return bounds_[pool_line] = most == ~std::uint64_t{0} ? most : most + 1;
}

std::optional<std::uint64_t> Tracker::bound(const Range &range) const {
  std::uint64_t most = 1;
  for (std::uint64_t i = 0; i < range.lines; i++) {
    const std::uint64_t one = bound(range.first + i);
    if (one == kUndefined) return std::nullopt;
    most = std::max(most, one);
  }
  return most;
}

bool Tracker::roots_right(const TableModulus &modulus) const {
  const std::uint64_t address = scene_.arguments.tables + modulus.roots_line * CARD_LINE_BYTES;
  if (scene_.arguments.degree_bits != scene_.degree_bits || !scene_.owned(address, scene_.limb_lines())) return false;
  for (std::size_t k = 0; k < modulus.known->roots.size(); k++) {
    if (scene_.word(address + 8 * k) != modulus.known->roots[k]) return false;
  }
  return true;
}

// The result and an operand are the same limb where the instruction allows it, or have no line in common.
bool Tracker::operands_apart(const limb_descriptor &d, const Operands &o) const {
  const bool alias_a = d.opcode != LIMB_OP_PERM && !updates(d.opcode);
  const bool alias_b = !updates(d.opcode);
  return (!o.d.meets(o.a) || (alias_a && o.d == o.a)) && (!o.d.meets(o.b) || (alias_b && o.d == o.b));
}

bool Tracker::defined(const limb_descriptor &d) const {
  const Operands o = operands(d);
  const auto a = bound(o.a);
  const auto b = bound(o.b);
  if (!a || !b || !operands_apart(d, o)) return false;
  if (moves(d.opcode) || d.opcode == LIMB_OP_FILL || d.opcode == LIMB_OP_ZEROS) return true;
  const TableModulus &modulus = moduli_[d.modulus];
  const TableModulus &source = moduli_[d.source_modulus];
  if (!modulus.prime) return false;
  if (d.opcode == LIMB_OP_REDUCE) return source.prime && *a <= source.q;
  if (updates(d.opcode) && bound(o.d).value_or(~std::uint64_t{0}) > modulus.q) return false;
  if (d.opcode == LIMB_OP_MACC) return source.prime && *a <= source.q && d.constant < modulus.q;
  const bool constant = d.opcode == LIMB_OP_SCALE || d.opcode == LIMB_OP_ADDC;
  if (*a > modulus.q || *b > modulus.q || (constant && d.constant >= modulus.q)) return false;
  if (!transforms(d.opcode)) return true;
  const auto seen = roots_right_.find(d.modulus);
  if (seen != roots_right_.end()) return seen->second;
  return roots_right_[d.modulus] = roots_right(modulus);
}

bool Tracker::reachable(const limb_descriptor &d) const {
  const Operands o = operands(d);
  for (const Range &range : {o.d, o.a, o.b}) {
    if (range.lines != 0 && !scene_.owned(scene_.pool_address(range.first), range.lines)) return false;
  }
  const std::uint64_t roots = scene_.arguments.tables + (moduli_[d.modulus].roots_line & 0xffffffffU) * CARD_LINE_BYTES;
  return !transforms(d.opcode) || scene_.owned(roots, scene_.limb_lines());
}

std::uint64_t Tracker::produced(const limb_descriptor &d) const {
  if (d.opcode == LIMB_OP_FILL) return d.constant + 1;
  if (moves(d.opcode)) return std::min(*bound(operands(d).a), std::uint64_t{1} << scene_.core.word_bits);
  return moduli_[d.modulus].q;
}

void Tracker::apply(const limb_descriptor &d) {
  if (!defined(d)) return spoil(d);
  if (d.opcode == LIMB_OP_ZEROS) return;
  const std::uint64_t to = produced(d);
  const Range range = operands(d).d;
  for (std::uint64_t i = 0; i < range.lines; i++) bounds_[range.first + i] = to;
}

void Tracker::spoil(const limb_descriptor &d) {
  if (d.opcode == LIMB_OP_ZEROS) zeros_defined_ = false;
  const Range range = operands(d).d;
  for (std::uint64_t i = 0; i < range.lines; i++) bounds_[range.first + i] = kUndefined;
}

}  // namespace cipherstream::test
