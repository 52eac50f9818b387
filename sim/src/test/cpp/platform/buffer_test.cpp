#include <numeric>

#include "opencl.h"

namespace cipherstream::test {

using BufferTest = CardTest;
using Bytes = std::vector<std::uint8_t>;

namespace {

Bytes counting(std::size_t bytes, std::uint8_t first = 0) {
  Bytes values(bytes);
  std::iota(values.begin(), values.end(), first);
  return values;
}

}  // namespace

TEST_F(BufferTest, KeepsWhatIsWritten) {
  const Object<cl_mem> memory(buffer(1000));
  const Bytes from = counting(500, 3);
  ASSERT_EQ(cl().clEnqueueWriteBuffer(queue, memory, CL_TRUE, 100, 500, from.data(), 0, nullptr, nullptr), CL_SUCCESS);
  Bytes to(500);
  ASSERT_EQ(cl().clEnqueueReadBuffer(queue, memory, CL_TRUE, 100, 500, to.data(), 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(to, from);
}

TEST_F(BufferTest, HoldsWhatItWasMadeOf) {
  const Object<cl_mem> memory(buffer(1000, CL_MEM_READ_ONLY));
  const auto get = [&](cl_mem_info name) {
    return [&, name](auto... a) { return cl().clGetMemObjectInfo(memory, name, a...); };
  };
  EXPECT_EQ(info<cl_mem_object_type>(get(CL_MEM_TYPE)), static_cast<cl_mem_object_type>(CL_MEM_OBJECT_BUFFER));
  EXPECT_EQ(info<cl_mem_flags>(get(CL_MEM_FLAGS)), static_cast<cl_mem_flags>(CL_MEM_READ_ONLY));
  EXPECT_EQ(info<std::size_t>(get(CL_MEM_SIZE)), 1000U);
  EXPECT_EQ(info<void *>(get(CL_MEM_HOST_PTR)), nullptr);
  EXPECT_EQ(info<cl_uint>(get(CL_MEM_MAP_COUNT)), 0U);
  EXPECT_EQ(info<cl_context>(get(CL_MEM_CONTEXT)), static_cast<cl_context>(context));
  EXPECT_EQ(info<cl_mem>(get(CL_MEM_ASSOCIATED_MEMOBJECT)), nullptr);
  EXPECT_EQ(cl().clRetainMemObject(memory), CL_SUCCESS);
  EXPECT_EQ(info<cl_uint>(get(CL_MEM_REFERENCE_COUNT)), 2U);
  EXPECT_EQ(cl().clReleaseMemObject(memory), CL_SUCCESS);
  EXPECT_EQ(cl().clGetMemObjectInfo(memory, 0x1, 0, nullptr, nullptr), CL_INVALID_VALUE);
}

TEST_F(BufferTest, RefusesWrongSizesFlagsAndPointers) {
  std::uint8_t host[64] = {};
  const auto code_of = [&](cl_mem_flags flags, std::size_t bytes, void *pointer) {
    cl_int code = CL_SUCCESS;
    EXPECT_EQ(cl().clCreateBuffer(context, flags, bytes, pointer, &code), nullptr);
    return code;
  };
  EXPECT_EQ(code_of(0, 0, nullptr), CL_INVALID_BUFFER_SIZE);
  EXPECT_EQ(code_of(0, (64U << 20U) + 1, nullptr), CL_INVALID_BUFFER_SIZE);
  EXPECT_EQ(code_of(CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY, 64, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS, 64, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(1U << 30U, 64, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR, 64, host), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(CL_MEM_COPY_HOST_PTR, 64, nullptr), CL_INVALID_HOST_PTR);
  EXPECT_EQ(code_of(0, 64, host), CL_INVALID_HOST_PTR);
  cl_int code = CL_SUCCESS;
  EXPECT_EQ(cl().clCreateBuffer(nullptr, 0, 64, nullptr, &code), nullptr);
  EXPECT_EQ(code, CL_INVALID_CONTEXT);
  EXPECT_EQ(cl().clReleaseMemObject(reinterpret_cast<cl_mem>(device)), CL_INVALID_MEM_OBJECT);
}

TEST_F(BufferTest, ACardsMemoryEndsAndComesBack) {
  cl_int code = 1;
  {
    const Object<cl_mem> most(buffer(60U << 20U));
    EXPECT_EQ(cl().clCreateBuffer(context, 0, 8U << 20U, nullptr, &code), nullptr);
    EXPECT_EQ(code, CL_MEM_OBJECT_ALLOCATION_FAILURE);
  }
  const Object<cl_mem> again(cl().clCreateBuffer(context, 0, 64U << 20U, nullptr, &code));
  EXPECT_EQ(code, CL_SUCCESS);
}

TEST_F(BufferTest, CommandsOutsideTheBufferAreRefused) {
  const Object<cl_mem> memory(buffer(100));
  Bytes host(200);
  const auto read = [&](cl_mem from, std::size_t offset, std::size_t bytes, void *to) {
    return cl().clEnqueueReadBuffer(queue, from, CL_TRUE, offset, bytes, to, 0, nullptr, nullptr);
  };
  EXPECT_EQ(read(memory, 50, 51, host.data()), CL_INVALID_VALUE);
  EXPECT_EQ(read(memory, 101, 1, host.data()), CL_INVALID_VALUE);
  EXPECT_EQ(read(memory, 1, SIZE_MAX, host.data()), CL_INVALID_VALUE);
  EXPECT_EQ(read(memory, 0, 0, host.data()), CL_INVALID_VALUE);
  EXPECT_EQ(read(memory, 0, 1, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(read(nullptr, 0, 1, host.data()), CL_INVALID_MEM_OBJECT);
  EXPECT_EQ(read(memory, 99, 1, host.data()), CL_SUCCESS);
  EXPECT_EQ(cl().clEnqueueWriteBuffer(queue, memory, CL_TRUE, 60, 41, host.data(), 0, nullptr, nullptr),
            CL_INVALID_VALUE);
  EXPECT_EQ(cl().clEnqueueReadBuffer(nullptr, memory, CL_TRUE, 0, 1, host.data(), 0, nullptr, nullptr),
            CL_INVALID_COMMAND_QUEUE);
}

TEST_F(BufferTest, HostAccessIsAsTheFlagsSay) {
  const Object<cl_mem> no_read(buffer(64, CL_MEM_HOST_WRITE_ONLY));
  const Object<cl_mem> no_write(buffer(64, CL_MEM_HOST_READ_ONLY));
  std::uint8_t byte = 0;
  EXPECT_EQ(cl().clEnqueueReadBuffer(queue, no_read, CL_TRUE, 0, 1, &byte, 0, nullptr, nullptr), CL_INVALID_OPERATION);
  EXPECT_EQ(cl().clEnqueueWriteBuffer(queue, no_read, CL_TRUE, 0, 1, &byte, 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(cl().clEnqueueWriteBuffer(queue, no_write, CL_TRUE, 0, 1, &byte, 0, nullptr, nullptr),
            CL_INVALID_OPERATION);
  EXPECT_EQ(cl().clEnqueueReadBuffer(queue, no_write, CL_TRUE, 0, 1, &byte, 0, nullptr, nullptr), CL_SUCCESS);
}

TEST_F(BufferTest, CopiesAndFills) {
  const Object<cl_mem> from(counting_buffer(256));
  const Object<cl_mem> to(buffer(256));
  const std::uint16_t pattern = 0xbeef;
  ASSERT_EQ(cl().clEnqueueFillBuffer(queue, to, &pattern, 2, 0, 256, 0, nullptr, nullptr), CL_SUCCESS);
  ASSERT_EQ(cl().clEnqueueCopyBuffer(queue, from, to, 10, 100, 20, 0, nullptr, nullptr), CL_SUCCESS);
  const Bytes seen = content(to);
  EXPECT_EQ(Bytes(seen.begin() + 100, seen.begin() + 120), counting(20, 10));
  EXPECT_EQ(seen[99], 0xbe);
  EXPECT_EQ(seen[120], 0xef);
  EXPECT_EQ(cl().clEnqueueCopyBuffer(queue, from, from, 0, 10, 20, 0, nullptr, nullptr), CL_MEM_COPY_OVERLAP);
  EXPECT_EQ(cl().clEnqueueCopyBuffer(queue, from, from, 0, 20, 20, 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(cl().clEnqueueCopyBuffer(queue, from, to, 250, 0, 20, 0, nullptr, nullptr), CL_INVALID_VALUE);
  const auto fill = [&](std::size_t pattern_bytes, std::size_t offset, std::size_t bytes) {
    return cl().clEnqueueFillBuffer(queue, to, seen.data(), pattern_bytes, offset, bytes, 0, nullptr, nullptr);
  };
  EXPECT_EQ(fill(3, 0, 6), CL_INVALID_VALUE);
  EXPECT_EQ(fill(256, 0, 256), CL_INVALID_VALUE);
  EXPECT_EQ(fill(4, 2, 8), CL_INVALID_VALUE);
  EXPECT_EQ(fill(4, 0, 6), CL_INVALID_VALUE);
  EXPECT_EQ(fill(4, 0, 260), CL_INVALID_VALUE);
  EXPECT_EQ(fill(0, 0, 4), CL_INVALID_VALUE);
}

TEST_F(BufferTest, ASubBufferIsAPartOfItsParent) {
  const Object<cl_mem> parent(counting_buffer(3 * 4096));
  const cl_buffer_region region{4096, 100};
  cl_int code = 1;
  const Object<cl_mem> part(cl().clCreateSubBuffer(parent, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code));
  ASSERT_EQ(code, CL_SUCCESS);
  EXPECT_EQ(content(part), counting(100));
  const std::uint8_t value = 200;
  ASSERT_EQ(cl().clEnqueueFillBuffer(queue, part, &value, 1, 99, 1, 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(content(parent)[4096 + 99], 200);
  const auto get = [&](cl_mem_info name) {
    return [&, name](auto... a) { return cl().clGetMemObjectInfo(part, name, a...); };
  };
  EXPECT_EQ(info<std::size_t>(get(CL_MEM_OFFSET)), 4096U);
  EXPECT_EQ(info<cl_mem>(get(CL_MEM_ASSOCIATED_MEMOBJECT)), static_cast<cl_mem>(parent));
  EXPECT_EQ(cl().clEnqueueCopyBuffer(queue, parent, part, 4096, 10, 20, 0, nullptr, nullptr), CL_MEM_COPY_OVERLAP);
  const auto code_of = [&](cl_mem of, cl_mem_flags flags, cl_buffer_region r) {
    cl_int refused = CL_SUCCESS;
    EXPECT_EQ(cl().clCreateSubBuffer(of, flags, CL_BUFFER_CREATE_TYPE_REGION, &r, &refused), nullptr);
    return refused;
  };
  EXPECT_EQ(code_of(parent, 0, {64, 64}), CL_MISALIGNED_SUB_BUFFER_OFFSET);
  EXPECT_EQ(code_of(parent, 0, {8192, 4097}), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(parent, 0, {4096, 0}), CL_INVALID_BUFFER_SIZE);
  EXPECT_EQ(code_of(parent, CL_MEM_COPY_HOST_PTR, {0, 64}), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(part, 0, {0, 64}), CL_INVALID_MEM_OBJECT);
}

// A sub-buffer keeps its parent's memory, and destructors come last.
TEST_F(BufferTest, TheParentOutlivesItsHandle) {
  Object<cl_mem> parent(counting_buffer(8192));
  static int destroyed = 0;
  ASSERT_EQ(cl().clSetMemObjectDestructorCallback(
                parent, [](cl_mem, void *) { destroyed++; }, nullptr),
            CL_SUCCESS);
  const cl_buffer_region region{4096, 4096};
  Object<cl_mem> part(cl().clCreateSubBuffer(parent, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, nullptr));
  parent.reset();
  EXPECT_EQ(destroyed, 0);
  EXPECT_EQ(content(part)[7], 7);
  part.reset();
  EXPECT_EQ(cl().clFinish(queue), CL_SUCCESS);
  EXPECT_EQ(destroyed, 1);
}

TEST_F(BufferTest, ContentFollowsFromCardToCard) {
  const auto all = devices();
  cl_int code = 1;
  const Object<cl_context> both(cl().clCreateContext(nullptr, 2, all.data(), nullptr, nullptr, &code));
  const Object<cl_command_queue> first(cl().clCreateCommandQueue(both, all[0], 0, &code));
  const Object<cl_command_queue> second(cl().clCreateCommandQueue(both, all[1], 0, &code));
  Bytes values = counting(100, 9);
  const Object<cl_mem> memory(cl().clCreateBuffer(both, CL_MEM_COPY_HOST_PTR, 100, values.data(), &code));
  const cl_mem moved = memory;
  ASSERT_EQ(cl().clEnqueueMigrateMemObjects(second, 1, &moved, 0, 0, nullptr, nullptr), CL_SUCCESS);
  const std::uint8_t value = 77;
  ASSERT_EQ(cl().clEnqueueFillBuffer(second, memory, &value, 1, 0, 1, 0, nullptr, nullptr), CL_SUCCESS);
  ASSERT_EQ(cl().clFinish(second), CL_SUCCESS);
  Bytes seen(100);
  ASSERT_EQ(cl().clEnqueueReadBuffer(first, memory, CL_TRUE, 0, 100, seen.data(), 0, nullptr, nullptr), CL_SUCCESS);
  values[0] = 77;
  EXPECT_EQ(seen, values);
  EXPECT_EQ(cl().clEnqueueMigrateMemObjects(second, 0, &moved, 0, 0, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clEnqueueMigrateMemObjects(second, 1, &moved, 1U << 20U, 0, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clEnqueueMigrateMemObjects(queue, 1, &moved, 0, 0, nullptr, nullptr), CL_INVALID_CONTEXT);
}

TEST_F(BufferTest, ThereAreNoImageFormats) {
  cl_uint count = 9;
  EXPECT_EQ(cl().clGetSupportedImageFormats(context, 0, CL_MEM_OBJECT_IMAGE2D, 0, nullptr, &count), CL_SUCCESS);
  EXPECT_EQ(count, 0U);
}

}  // namespace cipherstream::test
