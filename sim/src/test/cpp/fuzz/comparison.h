// Whether two cards did the same with a program.
#pragma once

#include <string>

#include "expectation.h"

namespace cipherstream::test {

// A card after a run.
struct Ran {
  const std::string &name;
  const std::vector<std::uint8_t> &bytes;
  const card_report &report;
};

// "" if both did what is expected and the same; otherwise the first difference. `before`: memory before the run.
std::string difference(const Scene &scene, const Expectation &expected, const std::vector<std::uint8_t> &before,
                       const Ran &a, const Ran &b);

}  // namespace cipherstream::test
