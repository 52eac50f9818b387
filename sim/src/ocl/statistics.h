// The statistics file: a JSON line a kernel run.
#pragma once

#include <string>
#include <vector>

#include "card.h"

namespace cipherstream::sim {

struct StatisticsLine {
  std::uint64_t run;
  std::uint32_t card;
  std::uint32_t unit;
  std::string configuration;
  std::string model;
  const CardRun &measured;
  std::vector<std::uint64_t> result_words;  // the first line of the buffer `result`, if there is one
};

// Appends the line; a file that cannot be written is reported on standard error once.
void append_statistics(const std::string &file, const StatisticsLine &line);

}  // namespace cipherstream::sim
