#include <array>

#include "opencl.h"

namespace cipherstream::test {

TEST(ContextTest, HoldsItsDevicesAndProperties) {
  const auto all = devices();
  const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM,
                                              reinterpret_cast<cl_context_properties>(sim::platform()), 0};
  cl_int code = 1;
  const Object<cl_context> context(
      cl().clCreateContext(properties, static_cast<cl_uint>(all.size()), all.data(), nullptr, nullptr, &code));
  ASSERT_EQ(code, CL_SUCCESS);
  const auto get = [&](cl_context_info name) {
    return [&, name](auto... a) { return cl().clGetContextInfo(context, name, a...); };
  };
  EXPECT_EQ(info<cl_uint>(get(CL_CONTEXT_NUM_DEVICES)), 2U);
  EXPECT_EQ((info<std::array<cl_device_id, 2>>(get(CL_CONTEXT_DEVICES))), (std::array{all[0], all[1]}));
  EXPECT_EQ((info<std::array<cl_context_properties, 3>>(get(CL_CONTEXT_PROPERTIES)))[1], properties[1]);
  EXPECT_EQ(info<cl_uint>(get(CL_CONTEXT_REFERENCE_COUNT)), 1U);
  EXPECT_EQ(cl().clRetainContext(context), CL_SUCCESS);
  EXPECT_EQ(info<cl_uint>(get(CL_CONTEXT_REFERENCE_COUNT)), 2U);
  EXPECT_EQ(cl().clReleaseContext(context), CL_SUCCESS);
  EXPECT_EQ(info<cl_uint>(get(CL_CONTEXT_REFERENCE_COUNT)), 1U);
  EXPECT_EQ(cl().clGetContextInfo(context, 0x1, 0, nullptr, nullptr), CL_INVALID_VALUE);
}

TEST(ContextTest, FromTypeTakesAllCards) {
  cl_int code = 1;
  const Object<cl_context> context(
      cl().clCreateContextFromType(nullptr, CL_DEVICE_TYPE_ACCELERATOR, nullptr, nullptr, &code));
  ASSERT_EQ(code, CL_SUCCESS);
  EXPECT_EQ(info<cl_uint>([&](auto... a) { return cl().clGetContextInfo(context, CL_CONTEXT_NUM_DEVICES, a...); }), 2U);
  EXPECT_EQ(cl().clCreateContextFromType(nullptr, CL_DEVICE_TYPE_CPU, nullptr, nullptr, &code), nullptr);
  EXPECT_EQ(code, CL_DEVICE_NOT_FOUND);
}

TEST(ContextTest, RefusesWrongArguments) {
  const auto all = devices();
  const auto code_of = [&](const cl_context_properties *properties, cl_uint count, const cl_device_id *list,
                           void *data) {
    cl_int code = CL_SUCCESS;
    EXPECT_EQ(cl().clCreateContext(properties, count, list, nullptr, data, &code), nullptr);
    return code;
  };
  int data = 0;
  const cl_device_id wrong = reinterpret_cast<cl_device_id>(sim::platform());
  const cl_context_properties unknown[] = {0x7777, 1, 0};
  const cl_context_properties no_platform[] = {CL_CONTEXT_PLATFORM, reinterpret_cast<cl_context_properties>(all[0]), 0};
  EXPECT_EQ(code_of(nullptr, 0, all.data(), nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(nullptr, 1, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(nullptr, 1, all.data(), &data), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(nullptr, 1, &wrong, nullptr), CL_INVALID_DEVICE);
  EXPECT_EQ(code_of(unknown, 1, all.data(), nullptr), CL_INVALID_PROPERTY);
  EXPECT_EQ(code_of(no_platform, 1, all.data(), nullptr), CL_INVALID_PLATFORM);
  EXPECT_EQ(cl().clRetainContext(nullptr), CL_INVALID_CONTEXT);
  EXPECT_EQ(cl().clReleaseContext(reinterpret_cast<cl_context>(all[0])), CL_INVALID_CONTEXT);
  EXPECT_EQ(cl().clGetContextInfo(nullptr, CL_CONTEXT_NUM_DEVICES, 0, nullptr, nullptr), CL_INVALID_CONTEXT);
}

// Device memory tells contexts apart by a tag of eight bits.
TEST(ContextTest, ThereAreNoMoreThan255OnACard) {
  const cl_device_id device = devices()[0];
  std::vector<cl_context> made;
  cl_int code = CL_SUCCESS;
  while (made.size() < 300) {
    const cl_context one = cl().clCreateContext(nullptr, 1, &device, nullptr, nullptr, &code);
    if (one == nullptr) break;
    made.push_back(one);
  }
  EXPECT_EQ(code, CL_OUT_OF_RESOURCES);
  EXPECT_EQ(made.size(), 255U);
  for (cl_context one : made) EXPECT_EQ(cl().clReleaseContext(one), CL_SUCCESS);
  const Object<cl_context> again(cl().clCreateContext(nullptr, 1, &device, nullptr, nullptr, &code));
  EXPECT_EQ(code, CL_SUCCESS);
}

}  // namespace cipherstream::test
