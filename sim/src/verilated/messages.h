// What a Verilated model prints and how it stops: nothing reaches standard output or ends the process.
#pragma once

#include <string>

namespace cipherstream::verilated {

// What this thread's models printed since the last call, "" or beginning with ": ".
std::string take_messages();

}  // namespace cipherstream::verilated
