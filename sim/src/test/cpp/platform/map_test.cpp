#include "opencl.h"

namespace cipherstream::test {

using MapTest = CardTest;

TEST_F(MapTest, WhatIsWrittenThereArrivesWithTheUnmap) {
  const Object<cl_mem> memory(counting_buffer(100));
  cl_int code = 1;
  auto *bytes = static_cast<std::uint8_t *>(
      cl().clEnqueueMapBuffer(queue, memory, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 10, 20, 0, nullptr, nullptr, &code));
  ASSERT_EQ(code, CL_SUCCESS);
  EXPECT_EQ(bytes[0], 10);
  EXPECT_EQ(bytes[19], 29);
  bytes[19] = 200;
  EXPECT_EQ(content(memory)[29], 29) << "not yet";
  EXPECT_EQ(info<cl_uint>([&](auto... a) { return cl().clGetMemObjectInfo(memory, CL_MEM_MAP_COUNT, a...); }), 1U);
  EXPECT_EQ(cl().clEnqueueUnmapMemObject(queue, memory, bytes, 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(content(memory)[29], 200);
  EXPECT_EQ(info<cl_uint>([&](auto... a) { return cl().clGetMemObjectInfo(memory, CL_MEM_MAP_COUNT, a...); }), 0U);
  EXPECT_EQ(cl().clEnqueueUnmapMemObject(queue, memory, bytes, 0, nullptr, nullptr), CL_INVALID_VALUE);
}

TEST_F(MapTest, ASecondUnmapFindsNothingThoughTheFirstStillWaits) {
  const Object<cl_mem> memory(counting_buffer(100));
  void *bytes = cl().clEnqueueMapBuffer(queue, memory, CL_TRUE, CL_MAP_WRITE, 0, 100, 0, nullptr, nullptr, nullptr);
  ASSERT_NE(bytes, nullptr);
  const Object<cl_event> user(cl().clCreateUserEvent(context, nullptr));
  const cl_event waits = user;
  EXPECT_EQ(cl().clEnqueueUnmapMemObject(queue, memory, bytes, 1, &waits, nullptr), CL_SUCCESS);
  EXPECT_EQ(cl().clEnqueueUnmapMemObject(queue, memory, bytes, 0, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clSetUserEventStatus(user, CL_COMPLETE), CL_SUCCESS);
  EXPECT_EQ(cl().clFinish(queue), CL_SUCCESS);
}

TEST_F(MapTest, OnlyReadMapsWriteNothingBack) {
  const Object<cl_mem> memory(counting_buffer(100));
  auto *bytes = static_cast<std::uint8_t *>(
      cl().clEnqueueMapBuffer(queue, memory, CL_TRUE, CL_MAP_READ, 0, 100, 0, nullptr, nullptr, nullptr));
  ASSERT_NE(bytes, nullptr);
  bytes[5] = 99;
  EXPECT_EQ(cl().clEnqueueUnmapMemObject(queue, memory, bytes, 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(content(memory)[5], 5);
}

TEST_F(MapTest, HostMemoryOfTheCallerIsUsed) {
  std::vector<std::uint8_t> host(64, 3);
  cl_int code = 1;
  const Object<cl_mem> memory(cl().clCreateBuffer(context, CL_MEM_USE_HOST_PTR, 64, host.data(), &code));
  const std::uint8_t value = 8;
  ASSERT_EQ(cl().clEnqueueFillBuffer(queue, memory, &value, 1, 16, 16, 0, nullptr, nullptr), CL_SUCCESS);
  void *bytes = cl().clEnqueueMapBuffer(queue, memory, CL_TRUE, CL_MAP_READ, 16, 16, 0, nullptr, nullptr, &code);
  EXPECT_EQ(bytes, host.data() + 16);
  EXPECT_EQ(host[16], 8);
  EXPECT_EQ(host[15], 3);
  EXPECT_EQ(cl().clEnqueueUnmapMemObject(queue, memory, bytes, 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(cl().clFinish(queue), CL_SUCCESS);
}

TEST_F(MapTest, RefusesWrongArguments) {
  const Object<cl_mem> memory(buffer(64));
  const Object<cl_mem> no_read(buffer(64, CL_MEM_HOST_WRITE_ONLY));
  int elsewhere = 0;
  const auto code_of = [&](cl_mem of, cl_map_flags flags, std::size_t offset, std::size_t bytes) {
    cl_int code = CL_SUCCESS;
    EXPECT_EQ(cl().clEnqueueMapBuffer(queue, of, CL_TRUE, flags, offset, bytes, 0, nullptr, nullptr, &code), nullptr);
    return code;
  };
  EXPECT_EQ(code_of(memory, CL_MAP_READ, 60, 5), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(memory, CL_MAP_READ, 0, 0), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(memory, 0, 0, 64), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(memory, CL_MAP_READ | CL_MAP_WRITE_INVALIDATE_REGION, 0, 64), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(no_read, CL_MAP_READ, 0, 64), CL_INVALID_OPERATION);
  EXPECT_EQ(code_of(nullptr, CL_MAP_READ, 0, 64), CL_INVALID_MEM_OBJECT);
  EXPECT_EQ(cl().clEnqueueUnmapMemObject(queue, memory, &elsewhere, 0, nullptr, nullptr), CL_INVALID_VALUE);
}

// A map that is never unmapped leaves nothing behind.
TEST_F(MapTest, AForgottenMapIsFreedWithTheBuffer) {
  const Object<cl_mem> memory(buffer(64));
  EXPECT_NE(cl().clEnqueueMapBuffer(queue, memory, CL_TRUE, CL_MAP_WRITE, 0, 64, 0, nullptr, nullptr, nullptr),
            nullptr);
}

}  // namespace cipherstream::test
