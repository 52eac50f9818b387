// The library as an application's loader sees it: the shared object, its exports, an image, a kernel's name.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include "opencl.h"

namespace cipherstream::test {

TEST(LoaderTest, TheLoaderFindsThePlatformByItsName) {
  void *loader = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(loader, nullptr) << dlerror();
  const auto ids = reinterpret_cast<decltype(&clGetPlatformIDs)>(dlsym(loader, "clGetPlatformIDs"));
  const auto get = reinterpret_cast<decltype(&clGetPlatformInfo)>(dlsym(loader, "clGetPlatformInfo"));
  ASSERT_NE(ids, nullptr);
  ASSERT_NE(get, nullptr);
  cl_uint count = 0;
  ASSERT_EQ(ids(0, nullptr, &count), CL_SUCCESS) << "OCL_ICD_VENDORS=" << std::getenv("OCL_ICD_VENDORS");
  std::vector<cl_platform_id> all(count);
  ASSERT_EQ(ids(count, all.data(), nullptr), CL_SUCCESS);
  ASSERT_EQ(count, 1U) << "only ours is in the tests' folder of vendors";
  EXPECT_EQ(text([&](auto... a) { return get(all[0], CL_PLATFORM_NAME, a...); }), "Cipherstream Simulation");
  EXPECT_NE(all[0], sim::platform()) << "the library has a platform of its own, not this program's";
}

TEST(LoaderTest, TheLibraryExportsThreeFunctions) {
  void *library = dlopen(TEST_PLATFORM, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  for (const char *name : {"clIcdGetPlatformIDsKHR", "clGetPlatformInfo", "clGetExtensionFunctionAddress"}) {
    EXPECT_NE(dlsym(library, name), nullptr) << name;
  }
  for (const char *name : {"clCreateContext", "clGetDeviceIDs", "clGetPlatformIDs"}) {
    EXPECT_EQ(dlsym(library, name), nullptr) << name;
  }
}

}  // namespace cipherstream::test
