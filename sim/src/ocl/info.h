// Answers of the clGet…Info functions.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "handle.h"

namespace cipherstream::sim {

// Where an answer goes: a caller's space, the size it takes, or both.
class Info {
 public:
  Info(std::size_t bytes, void *value, std::size_t *bytes_ret) : bytes_(bytes), value_(value), bytes_ret_(bytes_ret) {}

  // Throws CL_INVALID_VALUE if the caller's space is too small.
  void bytes(const void *from, std::size_t count) const {
    require(value_ == nullptr || bytes_ >= count, CL_INVALID_VALUE);
    if (value_ != nullptr && count > 0) std::memcpy(value_, from, count);
    if (bytes_ret_ != nullptr) *bytes_ret_ = count;
  }

  template <typename T>
  void value(T v) const {
    bytes(&v, sizeof v);
  }

  void text(const std::string &v) const { bytes(v.c_str(), v.size() + 1); }

  template <typename T>
  void list(const std::vector<T> &v) const {
    bytes(v.data(), v.size() * sizeof(T));
  }

  void *space() const { return value_; }

 private:
  std::size_t bytes_;
  void *value_;
  std::size_t *bytes_ret_;
};

}  // namespace cipherstream::sim
