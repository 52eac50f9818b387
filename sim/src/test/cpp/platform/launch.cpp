#include "launch.h"

namespace cipherstream::test {

Launch::Launch(cl_context context, cl_command_queue queue, cl_kernel kernel, const Scene &scene)
    : queue_(queue), kernel_(kernel) {
  const Arguments &a = scene.arguments;
  const auto part = [&](Object<cl_mem> &buffer, cl_uint index, std::uint64_t address, std::uint64_t lines) {
    std::vector<std::uint64_t> words;
    for (std::uint64_t i = 0; i < lines * LIMB_LINE_WORDS; i++) words.push_back(scene.word(address + 8 * i));
    cl_int code = 1;
    *buffer.out() = cl().clCreateBuffer(context, CL_MEM_COPY_HOST_PTR, 8 * words.size(), words.data(), &code);
    EXPECT_EQ(code, CL_SUCCESS);
    const cl_mem set = buffer;
    EXPECT_EQ(cl().clSetKernelArg(kernel, index, sizeof set, &set), CL_SUCCESS);
  };
  part(descriptors_, 0, a.descriptors, a.instruction_count);
  part(segments_, 1, a.segments, (a.segment_count + 3) / 4);
  part(tables_, 2, a.tables, a.modulus_count * (1 + scene.limb_lines()));
  part(pool_, 3, a.pool, a.pool_lines);
  part(result_, 4, a.result, 2);
  const cl_uint counts[] = {a.instruction_count, a.segment_count, a.modulus_count, a.degree_bits};
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

std::vector<std::uint64_t> Launch::words(cl_mem buffer) {
  const auto bytes = info<std::size_t>([&](auto... x) { return cl().clGetMemObjectInfo(buffer, CL_MEM_SIZE, x...); });
  std::vector<std::uint64_t> all(bytes / 8);
  EXPECT_EQ(cl().clEnqueueReadBuffer(queue_, buffer, CL_TRUE, 0, bytes, all.data(), 0, nullptr, nullptr), CL_SUCCESS);
  return all;
}

}  // namespace cipherstream::test
