// Counts the live native objects that the JVM side has to close.
#pragma once

#include <atomic>
#include <cstdint>

namespace cipherstream {

class Counted {
 public:
  Counted() { ++live_; }
  Counted(const Counted &) = delete;
  Counted &operator=(const Counted &) = delete;
  ~Counted() { --live_; }

  static std::int64_t live() { return live_; }

 private:
  static inline std::atomic<std::int64_t> live_{0};
};

}  // namespace cipherstream
