// What a Verilated model prints and how it stops: nothing reaches standard output or ends the process.
#pragma once

#include <string>

namespace cipherstream::verilated {

// What this thread's models printed since the last call, "" or beginning with ": ".
std::string take_messages();

// While one is there, this thread's assertions neither print nor stop: until a reset has gone through, they see
// rubbish.
class QuietAssertions {
 public:
  QuietAssertions();
  ~QuietAssertions();
  QuietAssertions(const QuietAssertions &) = delete;
  QuietAssertions &operator=(const QuietAssertions &) = delete;
};

}  // namespace cipherstream::verilated
