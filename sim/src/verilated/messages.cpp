#include "messages.h"

#include <verilated.h>

#include <cstdarg>
#include <cstdio>
#include <stdexcept>

namespace cipherstream::verilated {

namespace {

constexpr std::size_t kMessageBytesMax = 400;
thread_local std::string printed;
thread_local bool quiet = false;

[[noreturn]] void fail(const char *what, const char *file, int line) {
  throw std::runtime_error(std::string(what) + " in " + file + " line " + std::to_string(line));
}

}  // namespace

std::string take_messages() {
  std::string all;
  all.swap(printed);
  while (!all.empty() && all.back() == '\n') all.pop_back();
  return all.empty() ? all : ": " + all;
}

QuietAssertions::QuietAssertions() { quiet = true; }
QuietAssertions::~QuietAssertions() {
  quiet = false;
  printed.clear();
}

}  // namespace cipherstream::verilated

// Instead of printf in Verilator's run-time library.
int cipherstream_printf(const char *format, ...) {
  char text[512];
  std::va_list values;
  va_start(values, format);
  const int length = std::vsnprintf(text, sizeof text, format, values);
  va_end(values);
  using cipherstream::verilated::printed;
  if (printed.size() < cipherstream::verilated::kMessageBytesMax) printed += text;
  return length;
}

// VL_USER_FINISH, VL_USER_STOP, VL_USER_FATAL: an assertion of the design ends the run, not the process.
void vl_finish(const char *file, int line, const char *) VL_MT_UNSAFE {
  cipherstream::verilated::fail("$finish", file, line);
}
void vl_stop(const char *file, int line, const char *) VL_MT_UNSAFE {
  if (!cipherstream::verilated::quiet) cipherstream::verilated::fail("an assertion of the design failed", file, line);
}
void vl_fatal(const char *file, int line, const char *, const char *message) VL_MT_UNSAFE {
  if (!cipherstream::verilated::quiet) cipherstream::verilated::fail(message, file, line);
}
