#include "program.h"

#include <cstring>

#include "arithmetic.h"

namespace cipherstream::golden {

namespace {

constexpr std::uint64_t kPoolLinesMax = std::uint64_t{1} << 36U;
constexpr std::uint32_t kMagic = 0x43534c50;

bool uses_b(unsigned opcode) {
  return opcode == LIMB_OP_MUL || opcode == LIMB_OP_MAC || opcode == LIMB_OP_ADD || opcode == LIMB_OP_SUB;
}

unsigned shrink(const limb_descriptor &d) {
  return (d.repeat & LIMB_REPEAT_SHIFT_MASK) + ((d.repeat & LIMB_REPEAT_MIRRORED) != 0 ? 1U : 0U);
}

// Index in a short operand b of word k of a limb of n words.
std::uint32_t repeated(const limb_descriptor &d, std::uint32_t k, std::uint32_t n) {
  const std::uint32_t shift = d.repeat & LIMB_REPEAT_SHIFT_MASK;
  const std::uint32_t r = k >> shift;
  if ((d.repeat & LIMB_REPEAT_MIRRORED) == 0) return r;
  const std::uint32_t mirrored = (n >> shift) - 1 - r;
  return r < mirrored ? r : mirrored;
}

// Index in operand a of word k of PERM.
std::uint32_t permuted(std::uint32_t k, std::uint32_t galois, unsigned degree_bits) {
  const std::uint64_t odd = 2 * std::uint64_t{reversed(k, degree_bits)} + 1;
  const std::uint64_t turned = odd * galois % (std::uint64_t{2} << degree_bits);
  return reversed(static_cast<std::uint32_t>((turned - 1) / 2), degree_bits);
}

}  // namespace

std::uint64_t *Memory::words(std::uint64_t address, std::uint64_t lines) const {
  const std::uint64_t offset = address - memory_.base;
  if (address < memory_.base || offset % CARD_LINE_BYTES != 0 || offset > memory_.size ||
      lines > (memory_.size - offset) / CARD_LINE_BYTES) {
    return nullptr;
  }
  const std::uint64_t first = offset / CARD_LINE_BYTES;
  for (std::uint64_t i = first; i < first + lines; i++) {
    if (__atomic_load_n(memory_.owner + i, __ATOMIC_RELAXED) != owner_) return nullptr;
  }
  return reinterpret_cast<std::uint64_t *>(memory_.bytes + offset);
}

Program::Program(const Parameters &parameters, const Arguments &arguments, const Memory &memory)
    : parameters_(parameters),
      arguments_(arguments),
      memory_(memory),
      mask_((std::uint64_t{1} << parameters.word_bits) - 1) {}

const std::uint64_t *Program::read(std::uint64_t address, std::uint64_t lines) const {
  const std::uint64_t *words = memory_.words(address, lines);
  if (words == nullptr) throw Failure{Status::read_error};
  return words;
}

void Program::read_segments() {
  const std::uint64_t *words = read(arguments_.segments, (std::uint64_t{arguments_.segment_count} + 3) / 4);
  for (std::uint32_t i = 0; i < arguments_.segment_count; i++) {
    const std::uint64_t base = words[2 * i];
    const std::uint64_t lines = words[2 * i + 1] & 0xffffffffU;
    if (base > arguments_.pool_lines || lines > arguments_.pool_lines - base) throw Failure{Status::bad_argument};
    segments_.push_back({base, lines, ((words[2 * i + 1] >> 32U) & 1U) != 0});
  }
}

void Program::read_moduli() {
  const std::uint64_t *words = read(arguments_.tables, arguments_.modulus_count);
  for (std::uint32_t i = 0; i < arguments_.modulus_count; i++) {
    const std::uint64_t *line = words + 8 * std::size_t{i};
    if (((line[0] | line[1]) & ~mask_) != 0 || line[2] >> 32U != 0) throw Failure{Status::bad_argument};
    // Nothing is defined modulo 0; 1 keeps division defined.
    const std::uint64_t q = line[0] == 0 ? 1 : line[0];
    const std::uint64_t r_inverse = inverse(power(2, parameters_.montgomery_bits, q), q);
    const std::uint64_t factor = multiply(multiply(line[1], r_inverse, q), r_inverse, q);
    moduli_.push_back({q, factor, line[2], std::nullopt});
  }
}

Result Program::run() {
  const std::uint32_t degree_bits = arguments_.degree_bits;
  try {
    if (degree_bits < parameters_.degree_bits_min || degree_bits > parameters_.degree_bits_max ||
        arguments_.segment_count > parameters_.segments || arguments_.modulus_count > parameters_.moduli ||
        arguments_.pool_lines > kPoolLinesMax) {
      throw Failure{Status::bad_argument};
    }
    read_segments();
    read_moduli();
    for (std::uint32_t i = 0; i < arguments_.instruction_count; i++) {
      result_.failed_instruction = i;
      limb_descriptor descriptor;
      std::memcpy(&descriptor, read(arguments_.descriptors + std::uint64_t{i} * LIMB_DESCRIPTOR_BYTES, 1),
                  sizeof descriptor);
      execute(descriptor);
      result_.finished++;
    }
    result_.failed_instruction = 0;
  } catch (const Failure &failure) {
    result_.status = failure.status;
  }
  write_result();
  return result_;
}

void Program::check(const limb_descriptor &d) const {
  if (d.opcode < LIMB_OP_NTT || d.opcode > LIMB_OP_LAST) throw Failure{Status::bad_opcode};
  if (d.modulus >= arguments_.modulus_count || d.source_modulus >= arguments_.modulus_count) {
    throw Failure{Status::bad_modulus};
  }
  const bool unknown = (d.repeat & ~(LIMB_REPEAT_SHIFT_MASK | LIMB_REPEAT_MIRRORED)) != 0;
  const bool misplaced = shrink(d) != 0 && !uses_b(d.opcode);
  const bool galois =
      d.opcode == LIMB_OP_PERM && (d.galois % 2 == 0 || (d.galois >> (arguments_.degree_bits + 1)) != 0);
  const bool constant = (d.constant & ~mask_) != 0;
  if (unknown || misplaced || galois || constant || shrink(d) + 3 > arguments_.degree_bits)
    throw Failure{Status::bad_field};
}

std::uint64_t Program::operand(std::uint32_t segment, std::uint32_t line, std::uint64_t lines, bool written) const {
  if (segment >= arguments_.segment_count) throw Failure{Status::bad_segment};
  const Segment &s = segments_[segment];
  if (line > s.lines || lines > s.lines - line) throw Failure{Status::outside_segment};
  if (written && !s.writable) throw Failure{Status::read_only_segment};
  return arguments_.pool + (s.base + line) * CARD_LINE_BYTES;
}

// Memory is asked for nothing before all operands are found.
Program::Operands Program::operands(const limb_descriptor &d) const {
  const std::uint64_t limb = (std::uint64_t{1} << arguments_.degree_bits) / LIMB_LINE_WORDS;
  const bool writes = d.opcode != LIMB_OP_ZEROS;
  const bool reads_a = d.opcode != LIMB_OP_FILL;
  const bool reads_b = uses_b(d.opcode);
  const std::uint64_t d_address = writes ? operand(d.d_segment, d.d_line, limb, true) : 0;
  const std::uint64_t a_address = reads_a ? operand(d.a_segment, d.a_line, limb, false) : 0;
  const std::uint64_t b_address = reads_b ? operand(d.b_segment, d.b_line, limb >> shrink(d), false) : 0;
  Operands found;
  if (reads_a) found.a = read(a_address, limb);
  if (reads_b) found.b = read(b_address, limb >> shrink(d));
  if (writes) found.d = memory_.words(d_address, limb);
  if (writes && found.d == nullptr) throw Failure{Status::write_error};
  return found;
}

void Program::execute(const limb_descriptor &descriptor) {
  check(descriptor);
  const unsigned opcode = descriptor.opcode;
  const Operands operands = this->operands(descriptor);
  Modulus &modulus = moduli_[descriptor.modulus];
  if (opcode == LIMB_OP_NTT || opcode == LIMB_OP_INTT) {
    transform(descriptor, operands, modulus);
    result_.transforms++;
  } else {
    word_wise(descriptor, operands, modulus);
    result_.vector_instructions++;
  }
}

const std::vector<std::uint64_t> &Program::roots(Modulus &modulus) {
  if (!modulus.roots) {
    const std::size_t n = std::size_t{1} << arguments_.degree_bits;
    const std::uint64_t *table = read(arguments_.tables + modulus.table_line * CARD_LINE_BYTES, n / LIMB_LINE_WORDS);
    const std::uint64_t r_inverse = inverse(power(2, parameters_.montgomery_bits, modulus.q), modulus.q);
    std::vector<std::uint64_t> plain(n);
    for (std::size_t k = 0; k < n; k++) plain[k] = multiply(table[k] & mask_, r_inverse, modulus.q);
    modulus.roots = std::move(plain);
  }
  return *modulus.roots;
}

void Program::transform(const limb_descriptor &descriptor, const Operands &operands, Modulus &modulus) {
  const std::size_t n = std::size_t{1} << arguments_.degree_bits;
  const std::uint64_t q = modulus.q;
  const std::vector<std::uint64_t> &table = roots(modulus);
  std::vector<std::uint64_t> x(n);
  for (std::size_t k = 0; k < n; k++) x[k] = operands.a[k] & mask_;
  const bool inverse = descriptor.opcode == LIMB_OP_INTT;
  for (std::size_t m = inverse ? n / 2 : 1; m > 0 && m < n; m = inverse ? m / 2 : 2 * m) {
    const std::size_t t = n / (2 * m);
    for (std::size_t i = 0; i < m; i++) {
      // 1 / psi^e is -psi^(n - e): the same table, read backwards within the stage.
      const std::uint64_t w = inverse ? subtract(0, table[2 * m - 1 - i], q) : table[m + i];
      for (std::size_t j = 2 * i * t; j < 2 * i * t + t; j++) {
        const std::uint64_t u = x[j];
        const std::uint64_t v = x[j + t];
        if (inverse) {
          x[j] = half(add(u, v, q), q);
          x[j + t] = half(multiply(subtract(u, v, q), w, q), q);
        } else {
          const std::uint64_t product = multiply(v, w, q);
          x[j] = add(u, product, q);
          x[j + t] = subtract(u, product, q);
        }
      }
    }
  }
  std::memcpy(operands.d, x.data(), n * sizeof(std::uint64_t));
}

std::uint64_t Program::word(const limb_descriptor &descriptor, const Operands &operands, const Modulus &modulus,
                            std::uint32_t k) const {
  const std::uint32_t n = std::uint32_t{1} << arguments_.degree_bits;
  const std::uint64_t q = modulus.q;
  const std::uint64_t c = descriptor.constant & mask_;
  const std::uint64_t a = operands.a == nullptr ? 0 : operands.a[k] & mask_;
  const std::uint64_t b = operands.b == nullptr ? 0 : operands.b[repeated(descriptor, k, n)] & mask_;
  const auto product = [&](std::uint64_t x, std::uint64_t y) {
    const std::uint64_t plain = multiply(x, y, q);
    return modulus.product_factor == 1 ? plain : multiply(plain, modulus.product_factor, q);
  };
  switch (descriptor.opcode) {
    case LIMB_OP_MUL:
      return product(a, b);
    case LIMB_OP_MAC:
      return add(operands.d[k] & mask_, product(a, b), q);
    case LIMB_OP_ADD:
      return add(a, b, q);
    case LIMB_OP_SUB:
      return subtract(a, b, q);
    case LIMB_OP_NEG:
      return subtract(0, a, q);
    case LIMB_OP_SCALE:
      return product(a, c);
    case LIMB_OP_ADDC:
      return add(a, c, q);
    case LIMB_OP_REDUCE:
      return product(a, 1);
    case LIMB_OP_MACC:
      return add(operands.d[k] & mask_, product(a, c), q);
    case LIMB_OP_PERM:
      return operands.a[permuted(k, descriptor.galois, arguments_.degree_bits)] & mask_;
    case LIMB_OP_FILL:
      return c;
    default:
      return a;
  }
}

void Program::word_wise(const limb_descriptor &descriptor, const Operands &operands, const Modulus &modulus) {
  const std::uint32_t n = std::uint32_t{1} << arguments_.degree_bits;
  if (descriptor.opcode == LIMB_OP_ZEROS) {
    for (std::uint32_t k = 0; k < n; k++) result_.zero_words += (operands.a[k] & mask_) == 0 ? 1 : 0;
    return;
  }
  std::vector<std::uint64_t> words(n);
  for (std::uint32_t k = 0; k < n; k++) words[k] = word(descriptor, operands, modulus, k);
  std::memcpy(operands.d, words.data(), n * sizeof(std::uint64_t));
}

void Program::write_result() {
  std::uint64_t *words = memory_.words(arguments_.result, 2);
  if (words == nullptr) {
    if (result_.status == Status::ok) result_.status = Status::write_error;
    return;
  }
  const auto pair = [](std::uint64_t low, std::uint64_t high) { return low | (high << 32U); };
  const std::uint64_t n = std::uint64_t{1} << arguments_.degree_bits % 32;
  const Parameters &p = parameters_;
  const std::uint64_t rows = result_.transforms * arguments_.degree_bits * (n / 2 / p.lanes);
  const std::uint64_t beats = result_.vector_instructions * (n / p.lanes);
  const std::uint64_t lines[16] = {pair(static_cast<std::uint32_t>(result_.status), result_.failed_instruction),
                                   result_.zero_words,
                                   0,
                                   rows,
                                   beats,
                                   result_.finished,
                                   0,
                                   pair(kMagic, LIMB_PROGRAM_VERSION),
                                   pair(kMagic, LIMB_PROGRAM_VERSION),
                                   pair(p.word_bits, p.montgomery_bits),
                                   pair(p.lanes, p.bus_words),
                                   pair(p.degree_bits_min, p.degree_bits_max),
                                   pair(p.segments, p.moduli),
                                   pair(p.ntt_units, 0),
                                   0,
                                   0};
  std::memcpy(words, lines, sizeof lines);
}

}  // namespace cipherstream::golden
