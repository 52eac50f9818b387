#include "launch.h"

namespace cipherstream::test {

Launch::Launch(cl_context context, cl_command_queue queue, cl_kernel kernel, const Scene &scene)
    : queue_(queue),
      kernel_(kernel),
      data_lines_(scene.data_lines),
      result_byte_(scene.jobs[0].result - scene.arguments.pool) {
  const Arguments &a = scene.arguments;
  const auto part = [&](Object<cl_mem> &buffer, std::uint64_t address, std::uint64_t lines) {
    std::vector<std::uint64_t> words;
    for (std::uint64_t i = 0; i < lines * kLineWords; i++) words.push_back(scene.word(address + 8 * i));
    cl_int code = 1;
    *buffer.out() = cl().clCreateBuffer(context, CL_MEM_COPY_HOST_PTR, 8 * words.size(), words.data(), &code);
    EXPECT_EQ(code, CL_SUCCESS);
  };
  part(jobs_, a.jobs, a.job_count);
  part(tables_, a.tables, a.modulus_count * (1 + scene.limb_lines()));
  part(pool_, a.pool, a.pool_lines);
  // Jobs have segments and results of their own: those arguments are any buffers.
  const cl_mem buffers[] = {jobs_, jobs_, tables_, pool_, jobs_};
  for (cl_uint i = 0; i < 5; i++) EXPECT_EQ(cl().clSetKernelArg(kernel, i, sizeof buffers[i], &buffers[i]), CL_SUCCESS);
  const cl_uint counts[] = {a.job_count, 0, a.modulus_count, a.degree_bits};
  for (cl_uint i = 0; i < 4; i++)
    EXPECT_EQ(cl().clSetKernelArg(kernel, 5 + i, sizeof counts[i], &counts[i]), CL_SUCCESS);
  EXPECT_EQ(cl().clSetKernelArg(kernel, 9, sizeof a.pool_lines, &a.pool_lines), CL_SUCCESS);
}

cl_int Launch::run() {
  event_.reset();
  EXPECT_EQ(cl().clEnqueueTask(queue_, kernel_, 0, nullptr, event_.out()), CL_SUCCESS);
  const cl_event wanted = event_;
  cl().clWaitForEvents(1, &wanted);
  return info<cl_int>([&](auto... x) { return cl().clGetEventInfo(wanted, CL_EVENT_COMMAND_EXECUTION_STATUS, x...); });
}

cl_ulong Launch::nanoseconds() const {
  const auto time = [&](cl_profiling_info name) {
    return info<cl_ulong>([&](auto... x) { return cl().clGetEventProfilingInfo(event_, name, x...); });
  };
  return time(CL_PROFILING_COMMAND_END) - time(CL_PROFILING_COMMAND_START);
}

std::vector<std::uint64_t> Launch::data() { return words(0, data_lines_); }

std::vector<std::uint64_t> Launch::result() { return words(result_byte_, kResultLines); }

std::vector<std::uint64_t> Launch::words(std::uint64_t byte, std::uint64_t lines) {
  std::vector<std::uint64_t> all(lines * kLineWords);
  EXPECT_EQ(cl().clEnqueueReadBuffer(queue_, pool_, CL_TRUE, byte, 8 * all.size(), all.data(), 0, nullptr, nullptr),
            CL_SUCCESS);
  return all;
}

}  // namespace cipherstream::test
