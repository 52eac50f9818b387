// A scene's job list through OpenCL: a buffer for the list, the tables and the pool.
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
  std::vector<std::uint64_t> data();
  // Both lines of the first job.
  std::vector<std::uint64_t> result();
  // Of the last run's event.
  cl_ulong nanoseconds() const;

 private:
  // Words of the pool from a byte on.
  std::vector<std::uint64_t> words(std::uint64_t byte, std::uint64_t lines);

  cl_command_queue queue_;
  cl_kernel kernel_;
  const std::uint64_t data_lines_;
  const std::uint64_t result_byte_;
  Object<cl_mem> jobs_;
  Object<cl_mem> tables_;
  Object<cl_mem> pool_;
  Object<cl_event> event_;
};

}  // namespace cipherstream::test
