#include "comparison.h"

#include <cstring>
#include <sstream>

namespace cipherstream::test {

namespace {

constexpr std::uint32_t kReadError = 8;
constexpr std::uint32_t kWriteError = 9;

std::string show(const card_report &r) {
  return "status " + std::to_string(r.status) + " at line " + std::to_string(r.failed_instruction);
}

std::string outcome(const Damage &damage, const card_report &answered, const Ran &golden, const Ran &card) {
  for (const Ran *ran : {&golden, &card}) {
    if (ran->report.outcome != CARD_DONE) {
      return ran->name + " did not end: outcome " + std::to_string(ran->report.outcome) + ", " + ran->report.message;
    }
  }
  const card_report &g = golden.report;
  const card_report &c = card.report;
  const bool unanswered = g.status == kReadError || g.status == kWriteError;
  if (g.status == c.status && (unanswered || g.failed_instruction == c.failed_instruction)) return "";
  const bool ahead = answered.status == c.status && answered.failed_instruction == c.failed_instruction;
  const bool missed = c.status == kReadError || c.status == kWriteError;
  if (damage.foreign && g.status != 0 && (missed || (unanswered && ahead && c.status != 0))) return "";
  return card.name + " ended with " + show(c) + ", " + golden.name + " with " + show(g) +
         (damage.foreign ? "; memory may not answer" : "");
}

std::uint64_t word(const std::vector<std::uint8_t> &bytes, std::uint64_t line, unsigned index) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + line * CARD_LINE_BYTES + 8 * std::size_t{index}, sizeof value);
  return value;
}

bool equal(const std::vector<std::uint8_t> &a, const std::vector<std::uint8_t> &b, std::uint64_t line) {
  const std::size_t at = line * CARD_LINE_BYTES;
  return std::memcmp(a.data() + at, b.data() + at, CARD_LINE_BYTES) == 0;
}

// The mask of a word of the result lines that the cards agree on. Cycles and rows are the card's alone, and so is
// the watchdog behind the number of moduli.
std::uint64_t agreed(unsigned index, bool complete) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  switch (index) {
    case 1:
    case 3:
    case 4:
    case 5:
      return complete ? kAll : 0;
    case 2:
    case 6:
      return 0;
    case 14:
      return 0xffffffffU;
    default:
      return kAll;
  }
}

std::string result(const Scene &scene, const Damage &damage, const std::vector<std::uint8_t> &before,
                   const JobPlaces &job, const Ran &golden, const Ran &card) {
  const std::uint64_t line = scene.line(job.result);
  const bool written = !equal(golden.bytes, before, line);
  const bool complete = !damage.any && static_cast<std::uint32_t>(word(golden.bytes, line, 0)) == 0;
  for (unsigned i = 0; i < kResultLines * kLineWords; i++) {
    const std::uint64_t mask = written ? agreed(i, complete) : ~std::uint64_t{0};
    const std::uint64_t left = word(golden.bytes, line, i) & mask;
    const std::uint64_t right = word(card.bytes, line, i) & mask;
    if (left == right) continue;
    return "result word " + std::to_string(i) + ": " + golden.name + " " + std::to_string(left) + ", " + card.name +
           " " + std::to_string(right);
  }
  return "";
}

// Lines that may differ: those of segments that some job may write.
std::vector<bool> writable(const Scene &scene) {
  std::vector<bool> open(scene.owners.size());
  const std::uint64_t pool = scene.line(scene.arguments.pool);
  // Damage may have left no pool at all.
  if (pool == open.size()) return open;
  for (const JobPlaces &job : scene.jobs) {
    for (std::size_t i = 0; i < scene.segments.size(); i++) {
      const std::uint64_t base = scene.word(job.segments + 16 * i);
      const std::uint64_t entry = scene.word(job.segments + 16 * i + 8);
      if ((entry >> 32U & 1U) == 0 || base > scene.data_lines) continue;
      for (std::uint64_t k = 0; k < (entry & 0xffffffffU) && base + k < scene.data_lines; k++) {
        open[pool + base + k] = true;
      }
    }
  }
  return open;
}

std::string memory(const Scene &scene, bool open_words, const std::vector<bool> &results,
                   const std::vector<std::uint8_t> &before, const Ran &golden, const Ran &card) {
  const std::vector<bool> may_differ = writable(scene);
  for (std::uint64_t line = 0; line < before.size() / CARD_LINE_BYTES; line++) {
    const bool inside = line < scene.owners.size();
    const bool owned = inside && scene.owners[line] == kOwner;
    if (owned && (results[line] || (open_words && may_differ[line]))) continue;
    const bool data = owned && may_differ[line];
    if (equal(card.bytes, data ? golden.bytes : before, line)) continue;
    std::ostringstream text;
    const std::uint64_t pool = scene.line(scene.arguments.pool);
    text << card.name << (data ? " differs from " + golden.name + " in" : " wrote to") << " line " << line;
    if (inside && line >= pool && line < pool + scene.data_lines) text << " (line " << line - pool << " of the data)";
    return text.str() + (data ? "" : ", which no job may write");
  }
  return "";
}

}  // namespace

std::string difference(const Scene &scene, const Damage &damage, const card_report &answered,
                       const std::vector<std::uint8_t> &before, const Ran &golden, const Ran &card) {
  std::string found = outcome(damage, answered, golden, card);
  if (!found.empty()) return found;
  const bool unanswered = card.report.status == kReadError || card.report.status == kWriteError;
  std::vector<bool> results(scene.owners.size());
  for (const JobPlaces &job : scene.jobs) {
    for (std::uint64_t i = 0; i < kResultLines; i++) results[scene.line(job.result) + i] = true;
    if (unanswered || damage.foreign) continue;
    found = result(scene, damage, before, job, golden, card);
    if (!found.empty()) return found;
  }
  return memory(scene, damage.any || card.report.status != 0, results, before, golden, card);
}

}  // namespace cipherstream::test
