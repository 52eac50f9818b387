#include "job.h"

#include <cstring>

#include "arithmetic.h"
#include "core_program.h"

namespace cipherstream::golden {

namespace {

constexpr std::uint32_t kMagic = 0x43534c50;
constexpr std::uint8_t kMirrored = 0x80;
constexpr unsigned kTermSlot = 0;
constexpr unsigned kTermMemory = 1;
constexpr unsigned kTermConstant = 2;
constexpr unsigned kTermsOfLine = CORE_OP_BYTES / CORE_TERM_BYTES;

template <typename T>
T field(const std::uint8_t *bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes + offset, sizeof value);
  return value;
}

std::uint8_t opcode_of(const std::uint8_t *op) { return op[CORE_AT_OPCODE]; }

bool flag(const std::uint8_t *op, unsigned mask) { return (field<std::uint16_t>(op, CORE_AT_FLAGS) & mask) != 0; }

std::uint16_t result_slot(const std::uint8_t *op) { return field<std::uint16_t>(op, CORE_AT_D_SLOTS); }

bool has_modulus(unsigned opcode) { return opcode == CORE_OP_XFM || opcode == CORE_OP_MAP || opcode == CORE_OP_DOT; }

unsigned shrink(std::uint8_t repeat) { return (repeat & 0x1fU) + ((repeat & kMirrored) != 0 ? 1U : 0U); }

// Index in a short operand of word k of a limb of n words.
std::uint32_t repeated(std::uint8_t repeat, std::uint32_t k, std::uint32_t n) {
  const unsigned shift = repeat & 0x1fU;
  const std::uint32_t r = k >> shift;
  const std::uint32_t turned = (n >> shift) - 1 - r;
  return (repeat & kMirrored) != 0 && turned < r ? turned : r;
}

}  // namespace

Job::Job(Context &context, const std::uint64_t *line)
    : context_(context),
      streams_(context.arguments.pool + line[0]),
      lines_(line[2] & 0xffffffffU),
      table_(context.arguments.pool + line[3]),
      segment_count_(static_cast<std::uint32_t>(line[4])),
      result_(context.arguments.pool + line[5]),
      slots_(context.parameters.slots, Limb(context.degree())) {}

Outcome Job::run() {
  try {
    if (segment_count_ > context_.parameters.segments) throw Failure{Status::bad_argument};
    read_segments();
    if (lines_ == 0) throw Failure{Status::bad_argument};
    execute_stream();
    outcome_.failed_line = 0;
  } catch (const Failure &failure) {
    outcome_.status = failure.status;
  }
  write_result();
  return outcome_;
}

void Job::read_segments() {
  const std::uint64_t pool = context_.arguments.pool_lines;
  const std::uint64_t *words = context_.memory.read(table_, (std::uint64_t{segment_count_} + 3) / 4);
  for (std::uint32_t i = 0; i < segment_count_; i++) {
    const std::uint64_t base = words[2 * i];
    const std::uint64_t lines = words[2 * i + 1] & 0xffffffffU;
    if (base > pool || lines > pool - base) throw Failure{Status::bad_argument};
    segments_.push_back({base, lines, (words[2 * i + 1] >> 32U & 1U) != 0});
  }
}

const std::uint8_t *Job::next_line() {
  return reinterpret_cast<const std::uint8_t *>(context_.memory.read(streams_ + CARD_LINE_BYTES * at_++, 1));
}

void Job::execute_stream() {
  while (true) {
    outcome_.failed_line = static_cast<std::uint32_t>(at_);
    Operation op{next_line(), {}};
    check(op.bytes, at_ == lines_);
    if (opcode_of(op.bytes) == CORE_OP_END) return;
    const unsigned count = opcode_of(op.bytes) == CORE_OP_DOT ? op.bytes[CORE_AT_TERMS] : 0;
    for (unsigned t = 0; t < count; t++) {
      const std::uint8_t *term = t % kTermsOfLine == 0 ? next_line() : op.terms.back() + CORE_TERM_BYTES;
      check_term(term);
      // Behind its terms there is always a line: END at least.
      if (at_ == lines_ && (t + 1 == count || t % kTermsOfLine == kTermsOfLine - 1)) throw Failure{Status::bad_opcode};
      op.terms.push_back(term);
    }
    execute(op);
    operations_++;
  }
}

bool Job::bad_slot(std::uint64_t slot) const { return slot >= context_.parameters.slots; }

bool Job::bad_repeat(std::uint8_t repeat) const {
  return (repeat & 0x60U) != 0 || shrink(repeat) + 3 > context_.arguments.degree_bits;
}

void Job::check(const std::uint8_t *op, bool last) const {
  const unsigned opcode = opcode_of(op);
  const std::uint32_t moduli = context_.arguments.modulus_count;
  // Nobody sends to the only cluster.
  const bool known = opcode >= CORE_OP_LOAD && opcode <= CORE_OP_END && opcode != CORE_OP_RECEIVE;
  if (!known || (opcode == CORE_OP_END) != last) throw Failure{Status::bad_opcode};
  if (has_modulus(opcode) &&
      (op[CORE_AT_MODULUS] >= moduli || (flag(op, CORE_FLAG_REDUCE) && op[CORE_AT_SOURCE_MODULUS] >= moduli))) {
    throw Failure{Status::bad_modulus};
  }
  bool bad = false;
  for (const unsigned at : {CORE_AT_A_SLOT, CORE_AT_X_SLOT, CORE_AT_Y_SLOT, CORE_AT_D_SLOTS}) {
    const auto slot = field<std::uint16_t>(op, at);
    bad |= slot != CORE_SLOT_NONE && bad_slot(slot);
  }
  for (unsigned c = 1; c < CORE_CLUSTERS_MAX; c++) {
    bad |= field<std::uint16_t>(op, CORE_AT_D_SLOTS + 2 * c) != CORE_SLOT_NONE;
  }
  const auto galois = field<std::uint32_t>(op, CORE_AT_GALOIS);
  bad |= galois != 0 && (galois % 2 == 0 || galois >> (context_.arguments.degree_bits + 1) != 0);
  for (const unsigned at : {CORE_AT_PRE_CONSTANT, CORE_AT_SCALE, CORE_AT_CONSTANT}) {
    bad |= (field<std::uint64_t>(op, at) & ~context_.mask()) != 0;
  }
  bad |= bad_repeat(op[CORE_AT_REPEAT]) || op[CORE_AT_TAG] >= CORE_TAGS;
  bad |= field<std::uint16_t>(op, CORE_AT_FLAGS) >= 2 * CORE_FLAG_MEMORY_A;
  bad |= flag(op, CORE_FLAG_MEMORY_A) && opcode != CORE_OP_MAP;
  bad |= opcode == CORE_OP_DOT && (op[CORE_AT_TERMS] == 0 || op[CORE_AT_TERMS] > CORE_TERMS_MAX);
  bad |= opcode == CORE_OP_STORE && field<std::uint16_t>(op, CORE_AT_A_SLOT) == CORE_SLOT_NONE;
  if (bad) throw Failure{Status::bad_field};
  const bool streams = opcode == CORE_OP_MAP && flag(op, CORE_FLAG_MEMORY_A);
  if (opcode == CORE_OP_LOAD || opcode == CORE_OP_STORE || streams) {
    operand(field<std::uint32_t>(op, CORE_AT_SEGMENT), field<std::uint32_t>(op, CORE_AT_LINE),
            context_.limb_lines() >> (streams ? shrink(op[CORE_AT_REPEAT]) : 0), opcode == CORE_OP_STORE);
  }
}

void Job::check_term(const std::uint8_t *term) const {
  const unsigned kind = term[CORE_AT_TERM_KIND];
  const auto b = field<std::uint32_t>(term, CORE_AT_TERM_B);
  const auto value = field<std::uint64_t>(term, CORE_AT_TERM_VALUE);
  bool bad = kind > kTermConstant || bad_slot(field<std::uint16_t>(term, CORE_AT_TERM_A_SLOT));
  bad |= kind == kTermSlot && bad_slot(b);
  bad |= kind == kTermConstant && (value & ~context_.mask()) != 0;
  bad |= kind == kTermMemory && (bad_repeat(term[CORE_AT_TERM_REPEAT]) || value >> 32U != 0);
  if (bad) throw Failure{Status::bad_field};
  if (kind == kTermMemory) operand(b, value, context_.limb_lines() >> shrink(term[CORE_AT_TERM_REPEAT]), false);
}

std::uint64_t Job::operand(std::uint32_t segment, std::uint64_t line, std::uint64_t lines, bool written) const {
  if (segment >= segment_count_) throw Failure{Status::bad_segment};
  const Segment &s = segments_[segment];
  if (line > s.lines || lines > s.lines - line) throw Failure{Status::outside_segment};
  if (written && !s.writable) throw Failure{Status::read_only_segment};
  return context_.arguments.pool + (s.base + line) * CARD_LINE_BYTES;
}

void Job::execute(const Operation &op) {
  const unsigned opcode = opcode_of(op.bytes);
  if (opcode == CORE_OP_STORE) {
    store(op.bytes);
    return;
  }
  const Limb limb = opcode == CORE_OP_LOAD  ? load(field<std::uint32_t>(op.bytes, CORE_AT_SEGMENT),
                                                   field<std::uint32_t>(op.bytes, CORE_AT_LINE), 0)
                    : opcode == CORE_OP_DOT ? dot(op)
                                            : pass(op.bytes, opcode == CORE_OP_XFM);
  if (result_slot(op.bytes) == CORE_SLOT_NONE) return;
  const auto galois = field<std::uint32_t>(op.bytes, CORE_AT_GALOIS);
  slots_[result_slot(op.bytes)] = galois <= 1 ? limb : permuted(limb, galois);
}

Job::Limb Job::load(std::uint32_t segment, std::uint64_t line, std::uint8_t repeat) const {
  const std::uint32_t n = context_.degree();
  const std::uint64_t lines = context_.limb_lines() >> shrink(repeat);
  const std::uint64_t *words = context_.memory.read(operand(segment, line, lines, false), lines);
  Limb limb(n);
  for (std::uint32_t k = 0; k < n; k++) limb[k] = words[repeated(repeat, k, n)] & context_.mask();
  return limb;
}

void Job::store(const std::uint8_t *op) {
  const std::uint64_t lines = context_.limb_lines();
  const std::uint64_t address =
      operand(field<std::uint32_t>(op, CORE_AT_SEGMENT), field<std::uint32_t>(op, CORE_AT_LINE), lines, true);
  std::uint64_t *words = context_.memory.words(address, lines);
  if (words == nullptr) throw Failure{Status::write_error};
  const Limb &limb = slots_[field<std::uint16_t>(op, CORE_AT_A_SLOT)];
  std::memcpy(words, limb.data(), limb.size() * sizeof(std::uint64_t));
}

Job::Limb Job::pass(const std::uint8_t *op, bool transforms) {
  Modulus &modulus = context_.moduli[op[CORE_AT_MODULUS]];
  const std::uint64_t q = modulus.q;
  const auto a = field<std::uint16_t>(op, CORE_AT_A_SLOT);
  Limb v(context_.degree());
  if (flag(op, CORE_FLAG_MEMORY_A)) {
    v = load(field<std::uint32_t>(op, CORE_AT_SEGMENT), field<std::uint32_t>(op, CORE_AT_LINE), op[CORE_AT_REPEAT]);
  } else if (a != CORE_SLOT_NONE) {
    v = slots_[a];
  }
  for (std::uint64_t &u : v) {
    if (flag(op, CORE_FLAG_REDUCE)) u %= q;
    if (flag(op, CORE_FLAG_PRE_ADD)) u = add(u, field<std::uint64_t>(op, CORE_AT_PRE_CONSTANT), q);
  }
  if (transforms) transform(v, modulus, flag(op, CORE_FLAG_INVERSE));
  const auto x = field<std::uint16_t>(op, CORE_AT_X_SLOT);
  const auto y = field<std::uint16_t>(op, CORE_AT_Y_SLOT);
  for (std::size_t k = 0; k < v.size(); k++) {
    std::uint64_t &w = v[k];
    if (flag(op, CORE_FLAG_COUNT_ZEROS) && w == 0) zero_words_++;
    if (flag(op, CORE_FLAG_SUBTRACT)) w = subtract(x == CORE_SLOT_NONE ? 0 : slots_[x][k], w, q);
    if (flag(op, CORE_FLAG_SCALE)) w = multiply(w, field<std::uint64_t>(op, CORE_AT_SCALE), q);
    if (flag(op, CORE_FLAG_ADD) && y != CORE_SLOT_NONE) w = add(w, slots_[y][k], q);
    if (flag(op, CORE_FLAG_ADD_CONSTANT)) w = add(w, field<std::uint64_t>(op, CORE_AT_CONSTANT), q);
  }
  return v;
}

Job::Limb Job::dot(const Operation &op) {
  const std::uint64_t q = context_.moduli[op.bytes[CORE_AT_MODULUS]].q;
  Limb sum(context_.degree());
  for (const std::uint8_t *term : op.terms) {
    const unsigned kind = term[CORE_AT_TERM_KIND];
    const auto value = field<std::uint64_t>(term, CORE_AT_TERM_VALUE);
    const auto b = field<std::uint32_t>(term, CORE_AT_TERM_B);
    const Limb &a = slots_[field<std::uint16_t>(term, CORE_AT_TERM_A_SLOT)];
    const Limb factor = kind == kTermConstant ? Limb(a.size(), value)
                        : kind == kTermSlot   ? slots_[b]
                                              : load(b, value, term[CORE_AT_TERM_REPEAT]);
    for (std::size_t k = 0; k < sum.size(); k++) sum[k] = add(sum[k], multiply(a[k], factor[k], q), q);
    terms_++;
  }
  return sum;
}

void Job::transform(Limb &x, Modulus &modulus, bool inverse) {
  const std::size_t n = x.size();
  const std::uint64_t q = modulus.q;
  const std::vector<std::uint64_t> &table = context_.roots(modulus);
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
  transforms_++;
}

Job::Limb Job::permuted(const Limb &limb, std::uint32_t galois) const {
  const unsigned bits = context_.arguments.degree_bits;
  Limb result(limb.size());
  for (std::uint32_t k = 0; k < limb.size(); k++) {
    const std::uint64_t odd = 2 * std::uint64_t{reversed(k, bits)} + 1;
    const std::uint64_t turned = odd * galois % (2 * limb.size());
    result[k] = limb[reversed(static_cast<std::uint32_t>((turned - 1) / 2), bits)];
  }
  return result;
}

void Job::write_result() {
  std::uint64_t *words = context_.memory.words(result_, 2);
  if (words == nullptr) {
    if (outcome_.status == Status::ok) outcome_ = {Status::write_error, 0};
    return;
  }
  const auto pair = [](std::uint64_t low, std::uint64_t high) { return low | (high << 32U); };
  const std::uint64_t n = context_.degree();
  const Parameters &p = context_.parameters;
  const std::uint64_t lines[16] = {pair(static_cast<std::uint32_t>(outcome_.status), outcome_.failed_line),
                                   zero_words_,
                                   0,
                                   transforms_ * context_.arguments.degree_bits * (n / 2 / p.lanes),
                                   terms_ * (n / p.products),
                                   operations_,
                                   0,
                                   pair(kMagic, CORE_VERSION),
                                   pair(kMagic, CORE_VERSION),
                                   pair(p.word_bits, p.montgomery_bits),
                                   pair(p.lanes, p.products),
                                   pair(p.stream_words, p.slots),
                                   pair(1, p.degree_bits_min),
                                   pair(p.degree_bits_max, p.segments),
                                   pair(p.moduli, 0),
                                   0};
  std::memcpy(words, lines, sizeof lines);
}

}  // namespace cipherstream::golden
