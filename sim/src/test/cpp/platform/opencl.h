// The platform through its dispatch table, as a loader calls it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "ocl/api.h"

namespace cipherstream::test {

inline const cl_icd_dispatch &cl() { return sim::kDispatch; }

// The cards of the process; main.cpp says how many.
std::vector<cl_device_id> devices();

// Content of an image in the tests' folder.
std::vector<unsigned char> image_bytes(const std::string &name);

inline void release(cl_context x) { cl().clReleaseContext(x); }
inline void release(cl_command_queue x) { cl().clReleaseCommandQueue(x); }
inline void release(cl_mem x) { cl().clReleaseMemObject(x); }
inline void release(cl_program x) { cl().clReleaseProgram(x); }
inline void release(cl_kernel x) { cl().clReleaseKernel(x); }
inline void release(cl_event x) { cl().clReleaseEvent(x); }

// Owns an OpenCL object.
template <typename T>
class Object {
 public:
  explicit Object(T object = nullptr) : object_(object) {}
  ~Object() { reset(); }
  Object(const Object &) = delete;
  Object &operator=(const Object &) = delete;

  operator T() const { return object_; }  // NOLINT: stands for the object
  T *out() { return &object_; }
  void reset() {
    if (object_ != nullptr) release(object_);
    object_ = nullptr;
  }

 private:
  T object_;
};

// What clGet…Info says, by the function without its first arguments.
template <typename V, typename F>
V info(F &&get) {
  V value{};
  std::size_t bytes = 0;
  EXPECT_EQ(get(sizeof value, &value, &bytes), CL_SUCCESS);
  EXPECT_EQ(bytes, sizeof value);
  return value;
}

template <typename F>
std::string text(F &&get) {
  std::size_t bytes = 0;
  EXPECT_EQ(get(std::size_t{0}, nullptr, &bytes), CL_SUCCESS);
  std::string value(bytes, '?');
  EXPECT_EQ(get(bytes, value.data(), nullptr), CL_SUCCESS);
  EXPECT_EQ(value.back(), '\0');
  value.pop_back();
  return value;
}

// A context of the first card with a queue that measures.
class CardTest : public testing::Test {
 protected:
  CardTest();
  cl_mem buffer(std::size_t bytes, cl_mem_flags flags = CL_MEM_READ_WRITE);
  // A buffer of bytes 0, 1, 2, ….
  cl_mem counting_buffer(std::size_t bytes, cl_mem_flags flags = CL_MEM_READ_WRITE);
  std::vector<std::uint8_t> content(cl_mem buffer);
  // Status of every device, or the code if there is no program.
  cl_int load(const std::vector<unsigned char> &image, Object<cl_program> &program);

  cl_device_id device;
  Object<cl_context> context;
  Object<cl_command_queue> queue;
  std::string notified;  // what the context said
};

}  // namespace cipherstream::test
