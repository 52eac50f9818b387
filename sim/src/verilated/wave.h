// The waveform of a unit, an FST file.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "Vlimb_program.h"

#ifdef CIPHERSTREAM_TRACE
#include <verilated_fst_c.h>
#endif

namespace cipherstream::verilated {

// Complete when it is destroyed, or when the process ends between two runs: platforms keep their units until then.
class Wave {
 public:
  // Throws std::exception if the file cannot be written or the model records nothing.
  Wave(Vlimb_program &top, const char *file);
  ~Wave();
  Wave(const Wave &) = delete;
  Wave &operator=(const Wave &) = delete;

  void dump(std::uint64_t time);
  // Held during a run.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }
  // Finishes the file, unless a run is under way.
  void close();

 private:
  std::mutex mutex_;
#ifdef CIPHERSTREAM_TRACE
  VerilatedFstC fst_;
#endif
};

}  // namespace cipherstream::verilated
