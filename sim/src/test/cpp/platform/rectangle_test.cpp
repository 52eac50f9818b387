#include "opencl.h"

namespace cipherstream::test {

using RectangleTest = CardTest;

namespace {

constexpr std::size_t kRegion[3] = {3, 2, 2};

}  // namespace

// Rows of 10 bytes, slices of 40: byte (x, y, z) is x + 10 y + 40 z.
TEST_F(RectangleTest, ReadsABox) {
  const Object<cl_mem> memory(counting_buffer(120));
  const std::size_t origin[3] = {2, 1, 1};
  const std::size_t host_origin[3] = {1, 0, 0};
  std::vector<std::uint8_t> host(30, 0xff);
  ASSERT_EQ(cl().clEnqueueReadBufferRect(queue, memory, CL_TRUE, origin, host_origin, kRegion, 10, 40, 5, 15,
                                         host.data(), 0, nullptr, nullptr),
            CL_SUCCESS);
  const std::vector<std::uint8_t> expected = {0xff, 52,   53,   54,   0xff, 0xff, 62,   63,   64,   0xff,
                                              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 92,   93,   94,   0xff,
                                              0xff, 102,  103,  104,  0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  EXPECT_EQ(host, expected);
}

TEST_F(RectangleTest, WritesABox) {
  const Object<cl_mem> memory(counting_buffer(120));
  const std::size_t origin[3] = {7, 2, 1};
  const std::size_t none[3] = {0, 0, 0};
  const std::vector<std::uint8_t> host(12, 0xaa);
  ASSERT_EQ(cl().clEnqueueWriteBufferRect(queue, memory, CL_TRUE, origin, none, kRegion, 10, 40, 0, 0, host.data(), 0,
                                          nullptr, nullptr),
            CL_SUCCESS);
  const auto seen = content(memory);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < seen.size(); i++) changed += seen[i] == 0xaa && i != 0xaa ? 1 : 0;
  EXPECT_EQ(changed, 12U);
  for (const std::size_t at : {67, 69, 77, 79, 107, 119}) EXPECT_EQ(seen[at], 0xaa) << at;
  EXPECT_EQ(seen[66], 66);
  EXPECT_EQ(seen[70], 70);
}

TEST_F(RectangleTest, CopiesWithinABuffer) {
  const Object<cl_mem> memory(counting_buffer(120));
  const std::size_t from[3] = {0, 0, 0};
  const std::size_t apart[3] = {3, 0, 0};
  const std::size_t meets[3] = {2, 1, 0};
  const auto copy = [&](const std::size_t *to, std::size_t to_pitch) {
    return cl().clEnqueueCopyBufferRect(queue, memory, memory, from, to, kRegion, 10, 40, to_pitch, 40, 0, nullptr,
                                        nullptr);
  };
  EXPECT_EQ(copy(apart, 10), CL_SUCCESS);
  EXPECT_EQ(content(memory)[3], 0);
  EXPECT_EQ(content(memory)[55], 52) << "the last byte of the box";
  EXPECT_EQ(copy(meets, 10), CL_MEM_COPY_OVERLAP);
  EXPECT_EQ(copy(apart, 20), CL_INVALID_VALUE) << "one buffer has one pitch";
}

TEST_F(RectangleTest, WhatIsOutsideIsRefused) {
  const Object<cl_mem> memory(counting_buffer(120));
  const std::size_t none[3] = {0, 0, 0};
  std::vector<std::uint8_t> host(64);
  const auto read = [&](const std::size_t *origin, const std::size_t *region, std::size_t row, std::size_t slice) {
    return cl().clEnqueueReadBufferRect(queue, memory, CL_TRUE, origin, none, region, row, slice, 0, 0, host.data(), 0,
                                        nullptr, nullptr);
  };
  const std::size_t last[3] = {7, 2, 1};
  const std::size_t behind[3] = {8, 2, 1};
  const std::size_t far[3] = {SIZE_MAX - 1, 0, 0};
  const std::size_t deep[3] = {0, 0, SIZE_MAX / 2};
  const std::size_t flat[3] = {3, 0, 1};
  const std::size_t huge[3] = {3, SIZE_MAX / 2, 1};
  EXPECT_EQ(read(last, kRegion, 10, 40), CL_SUCCESS);
  EXPECT_EQ(read(behind, kRegion, 10, 40), CL_INVALID_VALUE);
  EXPECT_EQ(read(far, kRegion, 10, 40), CL_INVALID_VALUE);
  EXPECT_EQ(read(deep, kRegion, 10, 40), CL_INVALID_VALUE);
  EXPECT_EQ(read(none, flat, 10, 40), CL_INVALID_VALUE);
  EXPECT_EQ(read(none, huge, 10, 0), CL_INVALID_VALUE);
  EXPECT_EQ(read(none, kRegion, 2, 40), CL_INVALID_VALUE) << "a row is longer than its pitch";
  EXPECT_EQ(read(none, kRegion, 10, 10), CL_INVALID_VALUE) << "a slice is longer than its pitch";
  EXPECT_EQ(read(none, kRegion, 10, 45), CL_INVALID_VALUE) << "a slice's pitch is not whole rows";
  EXPECT_EQ(read(none, nullptr, 10, 40), CL_INVALID_VALUE);
  EXPECT_EQ(read(nullptr, kRegion, 10, 40), CL_INVALID_VALUE);
}

}  // namespace cipherstream::test
