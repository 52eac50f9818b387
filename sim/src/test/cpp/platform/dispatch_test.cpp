#include <cstring>

#include "opencl.h"

extern "C" void *clGetExtensionFunctionAddress(const char *name);

namespace cipherstream::test {

// A caller that looks at no slot before it jumps must not die.
TEST(DispatchTest, NoSlotIsNull) {
  constexpr std::size_t kSlots = sizeof(cl_icd_dispatch) / sizeof(void *);
  static_assert(sizeof(cl_icd_dispatch) % sizeof(void *) == 0);
  ASSERT_GE(kSlots, 140U);
  void *slots[kSlots];
  std::memcpy(slots, &sim::kDispatch, sizeof slots);
  for (std::size_t i = 0; i < kSlots; i++) EXPECT_NE(slots[i], nullptr) << "slot " << i;
}

TEST(DispatchTest, TheFirstWordOfAnObjectIsTheTable) {
  const void *first = nullptr;
  std::memcpy(&first, sim::platform(), sizeof first);
  EXPECT_EQ(first, &sim::kDispatch);
}

TEST(DispatchTest, OnlyTheLoadersEntryIsAnExtension) {
  const auto entry =
      reinterpret_cast<clIcdGetPlatformIDsKHR_fn>(clGetExtensionFunctionAddress("clIcdGetPlatformIDsKHR"));
  ASSERT_NE(entry, nullptr);
  cl_platform_id found = nullptr;
  cl_uint count = 0;
  EXPECT_EQ(entry(1, &found, &count), CL_SUCCESS);
  EXPECT_EQ(found, sim::platform());
  EXPECT_EQ(count, 1U);
  EXPECT_EQ(entry(0, &found, &count), CL_INVALID_VALUE);
  EXPECT_EQ(entry(0, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(clGetExtensionFunctionAddress("clCreateFromGLBuffer"), nullptr);
  EXPECT_EQ(clGetExtensionFunctionAddress(nullptr), nullptr);
}

TEST(DispatchTest, WhatCardsHaveNotIsRefusedWithACode) {
  cl_int code = CL_SUCCESS;
  EXPECT_EQ(cl().clCreateSampler(nullptr, CL_FALSE, 0, 0, &code), nullptr);
  EXPECT_EQ(code, CL_INVALID_OPERATION);
  EXPECT_EQ(cl().clCreateImage2D(nullptr, 0, nullptr, 1, 1, 0, nullptr, nullptr), nullptr);
  code = CL_SUCCESS;
  EXPECT_EQ(cl().clCreateCommandQueueWithProperties(nullptr, nullptr, nullptr, &code), nullptr);
  EXPECT_EQ(code, CL_INVALID_OPERATION);
  EXPECT_EQ(cl().clSVMAlloc(nullptr, 0, 64, 0), nullptr);
  cl().clSVMFree(nullptr, nullptr);
  EXPECT_EQ(cl().clEnqueueNativeKernel(nullptr, nullptr, nullptr, 0, 0, nullptr, nullptr, 0, nullptr, nullptr),
            CL_INVALID_OPERATION);
  EXPECT_EQ(cl().clReleaseSampler(nullptr), CL_INVALID_OPERATION);
}

}  // namespace cipherstream::test
