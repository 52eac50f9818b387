#include "opencl.h"

namespace cipherstream::test {

namespace {

std::string platform_text(cl_platform_info name) {
  return text([&](auto... a) { return cl().clGetPlatformInfo(sim::platform(), name, a...); });
}

template <typename V>
V of(cl_device_id device, cl_device_info name) {
  return info<V>([&](auto... a) { return cl().clGetDeviceInfo(device, name, a...); });
}

cl_device_id not_a_device() { return reinterpret_cast<cl_device_id>(sim::platform()); }

}  // namespace

TEST(PlatformTest, SaysWhatItIs) {
  EXPECT_EQ(platform_text(CL_PLATFORM_NAME), "Cipherstream Simulation");
  EXPECT_EQ(platform_text(CL_PLATFORM_EXTENSIONS), "cl_khr_icd");
  EXPECT_EQ(platform_text(CL_PLATFORM_PROFILE), "FULL_PROFILE");
  EXPECT_EQ(platform_text(CL_PLATFORM_ICD_SUFFIX_KHR), "CSIM");
  EXPECT_EQ(platform_text(CL_PLATFORM_VERSION).substr(0, 11), "OpenCL 1.2 ");
}

TEST(PlatformTest, RefusesWhatItDoesNotKnow) {
  char space[4];
  EXPECT_EQ(cl().clGetPlatformInfo(sim::platform(), CL_PLATFORM_NAME, sizeof space, space, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clGetPlatformInfo(sim::platform(), 0x1234, 0, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(
      cl().clGetPlatformInfo(reinterpret_cast<cl_platform_id>(devices()[0]), CL_PLATFORM_NAME, 0, nullptr, nullptr),
      CL_INVALID_PLATFORM);
}

TEST(DeviceTest, EachCardIsAnAccelerator) {
  const auto all = devices();
  ASSERT_EQ(all.size(), 2U);
  for (std::size_t i = 0; i < all.size(); i++) {
    EXPECT_EQ(of<cl_device_type>(all[i], CL_DEVICE_TYPE), static_cast<cl_device_type>(CL_DEVICE_TYPE_ACCELERATOR));
    EXPECT_EQ(text([&](auto... a) { return cl().clGetDeviceInfo(all[i], CL_DEVICE_NAME, a...); }),
              "cipherstream-card-" + std::to_string(i));
    EXPECT_EQ(of<cl_uint>(all[i], CL_DEVICE_MAX_COMPUTE_UNITS), 1U) << "without an image";
    EXPECT_EQ(of<cl_ulong>(all[i], CL_DEVICE_GLOBAL_MEM_SIZE), 64U << 20U);
    EXPECT_EQ(of<cl_uint>(all[i], CL_DEVICE_MAX_CLOCK_FREQUENCY), 250U);
    EXPECT_EQ(of<cl_uint>(all[i], CL_DEVICE_MEM_BASE_ADDR_ALIGN), 4096U * 8);
    EXPECT_EQ(of<cl_platform_id>(all[i], CL_DEVICE_PLATFORM), sim::platform());
    EXPECT_EQ(of<cl_bool>(all[i], CL_DEVICE_COMPILER_AVAILABLE), static_cast<cl_bool>(CL_FALSE));
  }
}

// Those of OpenCL 1.2 have consecutive numbers.
TEST(DeviceTest, EveryQuestionIsAnswered) {
  for (cl_device_info name = CL_DEVICE_TYPE; name <= CL_DEVICE_PRINTF_BUFFER_SIZE; name++) {
    std::size_t bytes = 0;
    EXPECT_EQ(cl().clGetDeviceInfo(devices()[0], name, 0, nullptr, &bytes), CL_SUCCESS) << std::hex << name;
    EXPECT_GT(bytes, 0U) << std::hex << name;
    std::vector<unsigned char> value(bytes);
    EXPECT_EQ(cl().clGetDeviceInfo(devices()[0], name, bytes, value.data(), nullptr), CL_SUCCESS) << std::hex << name;
    EXPECT_EQ(cl().clGetDeviceInfo(devices()[0], name, bytes - 1, value.data(), nullptr), CL_INVALID_VALUE)
        << std::hex << name;
  }
}

TEST(DeviceTest, AreFoundByType) {
  cl_uint count = 9;
  EXPECT_EQ(cl().clGetDeviceIDs(sim::platform(), CL_DEVICE_TYPE_ACCELERATOR, 0, nullptr, &count), CL_SUCCESS);
  EXPECT_EQ(count, 2U);
  EXPECT_EQ(cl().clGetDeviceIDs(sim::platform(), CL_DEVICE_TYPE_GPU, 0, nullptr, &count), CL_DEVICE_NOT_FOUND);
  EXPECT_EQ(count, 0U);
  cl_device_id one = nullptr;
  EXPECT_EQ(cl().clGetDeviceIDs(sim::platform(), CL_DEVICE_TYPE_DEFAULT, 1, &one, nullptr), CL_SUCCESS);
  EXPECT_EQ(one, devices()[0]);
  EXPECT_EQ(cl().clGetDeviceIDs(sim::platform(), 0, 1, &one, nullptr), CL_INVALID_DEVICE_TYPE);
  EXPECT_EQ(cl().clGetDeviceIDs(sim::platform(), CL_DEVICE_TYPE_ALL, 0, &one, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clGetDeviceIDs(sim::platform(), CL_DEVICE_TYPE_ALL, 0, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clGetDeviceIDs(reinterpret_cast<cl_platform_id>(one), CL_DEVICE_TYPE_ALL, 1, &one, nullptr),
            CL_INVALID_PLATFORM);
}

TEST(DeviceTest, OtherHandlesAreRefused) {
  cl_uint value = 0;
  EXPECT_EQ(cl().clGetDeviceInfo(nullptr, CL_DEVICE_VENDOR_ID, sizeof value, &value, nullptr), CL_INVALID_DEVICE);
  EXPECT_EQ(cl().clGetDeviceInfo(not_a_device(), CL_DEVICE_VENDOR_ID, sizeof value, &value, nullptr),
            CL_INVALID_DEVICE);
  EXPECT_EQ(cl().clGetDeviceInfo(devices()[0], 0x7777, sizeof value, &value, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clGetDeviceInfo(devices()[0], CL_DEVICE_GLOBAL_MEM_SIZE, 4, &value, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clRetainDevice(devices()[0]), CL_SUCCESS);
  EXPECT_EQ(cl().clReleaseDevice(devices()[0]), CL_SUCCESS);
  EXPECT_EQ(cl().clRetainDevice(nullptr), CL_INVALID_DEVICE);
  EXPECT_EQ(cl().clReleaseDevice(not_a_device()), CL_INVALID_DEVICE);
}

TEST(DeviceTest, CardsAreNotPartitioned) {
  const cl_device_partition_property equally[] = {CL_DEVICE_PARTITION_EQUALLY, 1, 0};
  cl_uint count = 0;
  EXPECT_EQ(cl().clCreateSubDevices(devices()[0], equally, 0, nullptr, &count), CL_DEVICE_PARTITION_FAILED);
  EXPECT_EQ(cl().clCreateSubDevices(devices()[0], nullptr, 0, nullptr, &count), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clCreateSubDevices(nullptr, equally, 0, nullptr, &count), CL_INVALID_DEVICE);
}

}  // namespace cipherstream::test
