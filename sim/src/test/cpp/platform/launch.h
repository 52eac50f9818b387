// A scene's program through OpenCL: a buffer for each part of it.
#pragma once

#include "opencl.h"
#include "support/scene.h"

namespace cipherstream::test {

class Launch {
 public:
  // Writes the scene into buffers of the context and sets the kernel's arguments.
  Launch(cl_context context, cl_command_queue queue, cl_kernel kernel, const Scene &scene);

  // Enqueues the kernel and waits: the status of its event.
  cl_int run();
  std::vector<std::uint64_t> pool() { return words(pool_); }
  std::vector<std::uint64_t> result() { return words(result_); }
  // Of the last run's event.
  cl_ulong nanoseconds() const;

 private:
  std::vector<std::uint64_t> words(cl_mem buffer);

  cl_command_queue queue_;
  cl_kernel kernel_;
  Object<cl_mem> descriptors_;
  Object<cl_mem> segments_;
  Object<cl_mem> tables_;
  Object<cl_mem> pool_;
  Object<cl_mem> result_;
  Object<cl_event> event_;
};

}  // namespace cipherstream::test
