#include "program.h"

#include "arithmetic.h"
#include "job.h"

namespace cipherstream::golden {

namespace {

constexpr std::uint64_t kPoolLinesEnd = std::uint64_t{1} << 58U;

bool arguments_fit(const Parameters &p, const Arguments &a) {
  return a.degree_bits >= p.degree_bits_min && a.degree_bits <= p.degree_bits_max && a.modulus_count <= p.moduli &&
         a.pool_lines < kPoolLinesEnd;
}

void read_moduli(Context &context) {
  const Arguments &a = context.arguments;
  const std::uint64_t *words = context.memory.read(a.tables, a.modulus_count);
  for (std::uint32_t i = 0; i < a.modulus_count; i++) {
    const std::uint64_t *line = words + std::size_t{Context::kLineWords} * i;
    if (((line[0] | line[1]) & ~context.mask()) != 0 || line[2] >> 32U != 0) throw Failure{Status::bad_argument};
    // Nothing is defined modulo 0; 1 keeps division defined.
    context.moduli.push_back({line[0] == 0 ? 1 : line[0], a.tables + line[2] * CARD_LINE_BYTES, std::nullopt});
  }
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

const std::uint64_t *Memory::read(std::uint64_t address, std::uint64_t lines) const {
  static constexpr std::uint64_t kNothing[1] = {};
  if (lines == 0) return kNothing;
  const std::uint64_t *found = words(address, lines);
  if (found == nullptr) throw Failure{Status::read_error};
  return found;
}

const std::vector<std::uint64_t> &Context::roots(Modulus &modulus) const {
  if (!modulus.roots) {
    const std::uint64_t *table = memory.read(modulus.table, limb_lines());
    const std::uint64_t r_inverse = inverse(power(2, parameters.montgomery_bits, modulus.q), modulus.q);
    std::vector<std::uint64_t> plain(degree());
    for (std::size_t k = 0; k < plain.size(); k++) plain[k] = multiply(table[k] & mask(), r_inverse, modulus.q);
    modulus.roots = std::move(plain);
  }
  return *modulus.roots;
}

Outcome run(const Parameters &parameters, const Arguments &arguments, const Memory &memory) {
  if (!arguments_fit(parameters, arguments)) return {Status::bad_argument, 0};
  Context context{parameters, arguments, memory, {}};
  try {
    read_moduli(context);
    for (std::uint32_t i = 0; i < arguments.job_count; i++) {
      const Outcome outcome = Job(context, memory.read(arguments.jobs + std::uint64_t{i} * CARD_LINE_BYTES, 1)).run();
      if (outcome.status != Status::ok) return outcome;
    }
  } catch (const Failure &failure) {
    return {failure.status, 0};
  }
  return {};
}

}  // namespace cipherstream::golden
