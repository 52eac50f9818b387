// Whether a card did the same with a job list as the golden model.
#pragma once

#include <string>

#include "damage.h"
#include "support/scene.h"

namespace cipherstream::test {

// A card after a run.
struct Ran {
  const std::string &name;
  const std::vector<std::uint8_t> &bytes;
  const card_report &report;
};

// "" if the card did what the golden model did; otherwise the first difference. `answered`: what the golden model says
// if all memory answers; `before`: memory before the run.
//
// - Without damage all words, results and counts are equal.
// - A job that is refused ends the list with the status of the first operation that is, and its line. Which earlier
//   operations have written is open, so are words of a damaged program: lines of its writable segments may differ.
// - Where memory does not answer, the status is 8 or 9 or that of an operation that is refused, even behind the one
// whose
//   operand does not come: a card looks at operations ahead.
// - All other lines never change.
std::string difference(const Scene &scene, const Damage &damage, const card_report &answered,
                       const std::vector<std::uint8_t> &before, const Ran &golden, const Ran &card);

}  // namespace cipherstream::test
