#include "opencl.h"

#include <fstream>
#include <iterator>
#include <numeric>

namespace cipherstream::test {

namespace {

void CL_CALLBACK note(const char *message, const void *, std::size_t, void *to) {
  *static_cast<std::string *>(to) += message;
}

}  // namespace

std::vector<cl_device_id> devices() {
  cl_uint count = 0;
  cl().clGetDeviceIDs(sim::platform(), CL_DEVICE_TYPE_ALL, 0, nullptr, &count);
  std::vector<cl_device_id> all(count);
  cl().clGetDeviceIDs(sim::platform(), CL_DEVICE_TYPE_ALL, count, all.data(), nullptr);
  return all;
}

std::vector<unsigned char> image_bytes(const std::string &name) {
  std::ifstream in(std::string(TEST_IMAGES "/") + name + "/" + name + ".csimg", std::ios::binary);
  EXPECT_TRUE(in) << "no image " << name << " in " TEST_IMAGES;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

CardTest::CardTest() : device(devices().at(0)) {
  cl_int code = 1;
  *context.out() = cl().clCreateContext(nullptr, 1, &device, note, &notified, &code);
  EXPECT_EQ(code, CL_SUCCESS);
  *queue.out() = cl().clCreateCommandQueue(context, device, CL_QUEUE_PROFILING_ENABLE, &code);
  EXPECT_EQ(code, CL_SUCCESS);
}

cl_mem CardTest::buffer(std::size_t bytes, cl_mem_flags flags) {
  cl_int code = 1;
  const cl_mem made = cl().clCreateBuffer(context, flags, bytes, nullptr, &code);
  EXPECT_EQ(code, CL_SUCCESS);
  return made;
}

cl_mem CardTest::counting_buffer(std::size_t bytes, cl_mem_flags flags) {
  std::vector<std::uint8_t> values(bytes);
  std::iota(values.begin(), values.end(), std::uint8_t{0});
  cl_int code = 1;
  const cl_mem made = cl().clCreateBuffer(context, flags | CL_MEM_COPY_HOST_PTR, bytes, values.data(), &code);
  EXPECT_EQ(code, CL_SUCCESS);
  return made;
}

std::vector<std::uint8_t> CardTest::content(cl_mem buffer) {
  const auto bytes = info<std::size_t>([&](auto... a) { return cl().clGetMemObjectInfo(buffer, CL_MEM_SIZE, a...); });
  std::vector<std::uint8_t> values(bytes);
  EXPECT_EQ(cl().clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, bytes, values.data(), 0, nullptr, nullptr), CL_SUCCESS);
  return values;
}

cl_int CardTest::load(const std::vector<unsigned char> &image, Object<cl_program> &program) {
  const unsigned char *bytes = image.data();
  const std::size_t count = image.size();
  cl_int status = 1;
  cl_int code = 1;
  program.reset();
  *program.out() = cl().clCreateProgramWithBinary(context, 1, &device, &count, &bytes, &status, &code);
  EXPECT_EQ(code, status);
  EXPECT_EQ(code == CL_SUCCESS, static_cast<cl_program>(program) != nullptr);
  if (code == CL_SUCCESS) code = cl().clBuildProgram(program, 1, &device, nullptr, nullptr, nullptr);
  return code;
}

}  // namespace cipherstream::test
