// What the environment says about the simulated cards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cipherstream/card_model.h"

namespace cipherstream::sim {

// CIPHERSTREAM_SIM_*; defaults as here.
struct Settings {
  std::uint32_t cards = 1;
  std::uint32_t units = 1;                               // compute units a card
  std::uint64_t memory_bytes = std::uint64_t{4} << 30U;  // a card; taken from the host as it is used
  std::uint32_t latency_cycles = 40;
  std::uint32_t bandwidth_bytes = 0;  // a cycle for the whole card; 0: as many ports as there are
  double stall_probability = 0;
  std::uint64_t stall_seed = 1;
  std::optional<double> clock_mhz;  // instead of the image's
  std::vector<card_fault> faults;   // of the first unit of the first card
  std::string wave_file;            // of the first unit of the first card
  std::uint64_t wave_from = 0;      // cycles since the unit was created
  std::uint64_t wave_to = 0;        // 0: no end
  std::uint64_t wave_last = 0;      // cycles of each of two files in turn; 0: one file
  std::string statistics_file;
  // Above what the cores' own watchdogs wait: they speak first.
  std::uint64_t hang_cycles = 4000000;
};

// Throws std::invalid_argument with the variable, what came and what was expected.
Settings settings_from_environment();

}  // namespace cipherstream::sim
