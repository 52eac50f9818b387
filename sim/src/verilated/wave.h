// The waveform of a unit, FST files.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "Vcore_program.h"
#include "cipherstream/card_model.h"

#ifdef CIPHERSTREAM_TRACE
#include <verilated_fst_c.h>
#endif

namespace cipherstream::verilated {

// Complete when it is destroyed, or when the process ends between two runs: platforms keep their units until then.
// With wave_last, x.fst is x.0.fst and x.1.fst in turn, each complete when the other begins, so that a process that is
// killed leaves one; the first run that fails ends the recording, with what led to it.
class Wave {
 public:
  // Throws std::exception if the file cannot be written or the model records nothing.
  Wave(Vcore_program &top, const card_options &options);
  ~Wave();
  Wave(const Wave &) = delete;
  Wave &operator=(const Wave &) = delete;

  // Half a cycle: 0 with the clock low, 1 with it high.
  void dump(std::uint64_t cycle, unsigned half);
  // Held during a run.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }
  // Finishes the file, unless a run is under way.
  void close();
  // A run has failed. Not while held.
  void failed();

 private:
  std::mutex mutex_;
#ifdef CIPHERSTREAM_TRACE
  void open(const std::string &file);
  // The file of the cycles [part * last_, (part + 1) * last_).
  std::string part_file(std::uint64_t part) const;

  std::string file_;
  std::uint64_t from_;
  std::uint64_t to_;
  std::uint64_t last_;
  std::uint64_t part_ = 0;
  bool ended_ = false;
  VerilatedFstC fst_;
#endif
};

}  // namespace cipherstream::verilated
