#include "comparison.h"

#include <cstring>
#include <sstream>

namespace cipherstream::test {

namespace {

constexpr std::uint64_t kResultLines = 2;
constexpr unsigned kResultWords = 16;

std::string show(std::uint32_t status, std::uint32_t instruction) {
  return "status " + std::to_string(status) + " at instruction " + std::to_string(instruction);
}

std::string outcome(const Expectation &e, const Ran &card) {
  const card_report &r = card.report;
  if (r.outcome != CARD_DONE) {
    return card.name + " did not end: outcome " + std::to_string(r.outcome) + ", " + r.message;
  }
  if (e.allows(r.status, r.failed_instruction)) return "";
  std::string expected = show(e.status, e.instruction);
  if (e.memory_error) expected += " or status 8 or 9";
  if (e.result_lost) expected += ", the result is not written";
  return card.name + " ended with " + show(r.status, r.failed_instruction) + ", expected " + expected;
}

std::uint64_t word(const std::vector<std::uint8_t> &bytes, std::uint64_t line, unsigned index) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + line * CARD_LINE_BYTES + 8 * std::size_t{index}, sizeof value);
  return value;
}

// The mask of a word of the result lines that all cards agree on.
std::uint64_t agreed(const Expectation &e, unsigned index) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  const bool counts = !e.memory_error;
  switch (index) {
    case 0:
      return counts ? kAll : 0;
    case 1:
      return e.zeros_defined ? kAll : 0;
    case 2:  // cycles
    case 6:  // cycles of both units
      return 0;
    case 3:
    case 4:
    case 5:
      return counts ? kAll : 0;
    case 13:  // its high half is the watchdog's, which no golden model has
      return 0xffffffffU;
    default:
      return kAll;
  }
}

std::string result_lines(const Scene &scene, const Expectation &e, const Ran &a, const Ran &b) {
  const std::uint64_t line = scene.line(scene.arguments.result);
  for (const Ran *card : {&a, &b}) {
    const std::uint64_t says = card->report.status | std::uint64_t{card->report.failed_instruction} << 32U;
    if (word(card->bytes, line, 0) != says) return card->name + ": the result line and the registers differ";
    if (!e.memory_error && word(card->bytes, line, 5) != e.finished) {
      return card->name + " finished " + std::to_string(word(card->bytes, line, 5)) + " instructions, expected " +
             std::to_string(e.finished);
    }
  }
  for (unsigned i = 0; i < kResultWords; i++) {
    const std::uint64_t left = word(a.bytes, line, i) & agreed(e, i);
    const std::uint64_t right = word(b.bytes, line, i) & agreed(e, i);
    if (left == right) continue;
    return "result word " + std::to_string(i) + ": " + a.name + " " + std::to_string(left) + ", " + b.name + " " +
           std::to_string(right);
  }
  return "";
}

std::string place(const Scene &scene, std::uint64_t line) {
  const std::uint64_t pool = scene.line(scene.arguments.pool);
  std::ostringstream text;
  text << "line " << line << " of memory";
  if (line >= pool && line < pool + scene.arguments.pool_lines) text << " (line " << line - pool << " of the pool)";
  return text.str();
}

std::string memory(const Scene &scene, const Expectation &e, const std::vector<std::uint8_t> &before, const Ran &a,
                   const Ran &b) {
  const std::uint64_t result = scene.line(scene.arguments.result);
  for (std::uint64_t line = 0; line < before.size() / CARD_LINE_BYTES; line++) {
    const bool inside = line < scene.owners.size();
    const bool foreign = !inside || scene.owners[line] != kOwner;
    const bool is_result = line >= result && line < result + kResultLines;
    if (!foreign && (e.open[line] || is_result)) continue;
    const std::size_t at = line * CARD_LINE_BYTES;
    for (const Ran *card : {&a, &b}) {
      if (foreign && std::memcmp(card->bytes.data() + at, before.data() + at, CARD_LINE_BYTES) != 0) {
        return card->name + " wrote to " + place(scene, line) + ", which is not the program's";
      }
    }
    if (std::memcmp(a.bytes.data() + at, b.bytes.data() + at, CARD_LINE_BYTES) == 0) continue;
    for (unsigned i = 0; i < LIMB_LINE_WORDS; i++) {
      if (word(a.bytes, line, i) == word(b.bytes, line, i)) continue;
      return place(scene, line) + ", word " + std::to_string(i) + ": " + a.name + " " +
             std::to_string(word(a.bytes, line, i)) + ", " + b.name + " " + std::to_string(word(b.bytes, line, i));
    }
  }
  return "";
}

}  // namespace

std::string difference(const Scene &scene, const Expectation &expected, const std::vector<std::uint8_t> &before,
                       const Ran &a, const Ran &b) {
  std::string found = outcome(expected, a);
  if (found.empty()) found = outcome(expected, b);
  if (found.empty() && !expected.result_lost && !expected.self_changing) found = result_lines(scene, expected, a, b);
  if (found.empty()) found = memory(scene, expected, before, a, b);
  return found;
}

}  // namespace cipherstream::test
