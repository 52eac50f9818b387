#include <algorithm>

#include "opencl.h"
#include "support/random.h"

namespace cipherstream::test {

class ProgramTest : public CardTest {
 protected:
  // The image with another JSON text of the same length: `from` replaced.
  static std::vector<unsigned char> changed(const std::string &from, const std::string &to) {
    EXPECT_EQ(from.size(), to.size());
    auto image = image_bytes("sim-golden");
    const auto at = std::search(image.begin(), image.end(), from.begin(), from.end());
    EXPECT_NE(at, image.end()) << from;
    std::copy(to.begin(), to.end(), at);
    return image;
  }

  Object<cl_program> program;
};

TEST_F(ProgramTest, AnImageBecomesAProgram) {
  const auto image = image_bytes("sim-golden");
  ASSERT_EQ(load(image, program), CL_SUCCESS) << notified;
  const auto get = [&](cl_program_info name) {
    return [&, name](auto... a) { return cl().clGetProgramInfo(program, name, a...); };
  };
  cl_uint units = 0;
  EXPECT_EQ(cl().clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, nullptr), CL_SUCCESS);
  EXPECT_EQ(units, 2U) << "those of the image";
  EXPECT_EQ(info<std::size_t>(get(CL_PROGRAM_NUM_KERNELS)), 1U);
  EXPECT_EQ(text(get(CL_PROGRAM_KERNEL_NAMES)), "core_program");
  EXPECT_EQ(info<std::size_t>(get(CL_PROGRAM_BINARY_SIZES)), image.size());
  EXPECT_EQ(info<cl_device_id>(get(CL_PROGRAM_DEVICES)), device);
  std::vector<unsigned char> back(image.size());
  unsigned char *to = back.data();
  EXPECT_EQ(cl().clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof to, &to, nullptr), CL_SUCCESS);
  EXPECT_EQ(back, image);
  EXPECT_EQ(text([&](auto... a) { return cl().clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, a...); }),
            "image sim-golden, model golden");
  EXPECT_EQ(info<cl_build_status>(
                [&](auto... a) { return cl().clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_STATUS, a...); }),
            CL_BUILD_SUCCESS);
  EXPECT_EQ(cl().clGetProgramBuildInfo(program, devices()[1], CL_PROGRAM_BUILD_LOG, 0, nullptr, nullptr),
            CL_INVALID_DEVICE);
}

TEST_F(ProgramTest, ATruncatedImageIsRefused) {
  const auto image = image_bytes("sim-golden");
  for (const std::size_t bytes :
       {std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{300}, image.size() - 1}) {
    EXPECT_EQ(load({image.begin(), image.begin() + static_cast<std::ptrdiff_t>(bytes)}, program), CL_INVALID_BINARY);
  }
  EXPECT_NE(notified.find("is truncated or has bytes too many"), std::string::npos) << notified;
}

TEST_F(ProgramTest, AWrongMagicOrVersionIsRefused) {
  auto image = image_bytes("sim-golden");
  image[0] = 'X';
  EXPECT_EQ(load(image, program), CL_INVALID_BINARY);
  EXPECT_NE(notified.find("expected magic CSLPIMG1"), std::string::npos) << notified;
  image[0] = 'C';
  image[8] = 2;
  EXPECT_EQ(load(image, program), CL_INVALID_BINARY);
  EXPECT_NE(notified.find("header version 2, expected 1"), std::string::npos) << notified;
}

TEST_F(ProgramTest, ADamagedPayloadIsRefused) {
  auto image = image_bytes("sim-golden");
  image.back() ^= 1;
  EXPECT_EQ(load(image, program), CL_INVALID_BINARY);
  EXPECT_NE(notified.find("is damaged: payload with SHA-256"), std::string::npos) << notified;
}

TEST_F(ProgramTest, ParametersBeyondTheModelsLimitsAreRefused) {
  EXPECT_EQ(load(changed("\"lanes\":8", "\"lanes\":0"), program), CL_INVALID_BINARY);
  EXPECT_NE(notified.find("parameter lanes is 0, expected 1"), std::string::npos) << notified;
  EXPECT_EQ(load(changed("\"wordBits\":60", "\"wordBits\":64"), program), CL_INVALID_BINARY);
  // Nothing of that stays on the card.
  EXPECT_EQ(load(image_bytes("sim-golden"), program), CL_SUCCESS);
}

// Whatever a header says, it is refused or taken; nothing breaks. The digest guards only the payload.
TEST_F(ProgramTest, GarbledHeadersBreakNothing) {
  const auto image = image_bytes("sim-golden");
  const std::size_t header = 16 + (image[12] | image[13] << 8U);
  ASSERT_LT(header, image.size());
  Random random(20);
  std::size_t refused = 0;
  // A line for each of them says nothing to a reader.
  testing::internal::CaptureStderr();
  for (int i = 0; i < 300; i++) {
    auto garbled = image;
    for (std::uint64_t times = random.between(1, 4); times > 0; times--) {
      const std::size_t at = random.below(header);
      garbled[at] = random.chance(0.5) ? static_cast<unsigned char>("0123456789-.e\"{}[],:"[random.below(20)])
                                       : static_cast<unsigned char>(random.bits());
    }
    refused += load(garbled, program) == CL_SUCCESS ? 0 : 1;
  }
  testing::internal::GetCapturedStderr();
  EXPECT_GT(refused, 200U);
  program.reset();
  EXPECT_EQ(load(image, program), CL_SUCCESS);
}

TEST_F(ProgramTest, ACardThatIsInUseTakesNoOtherImage) {
  ASSERT_EQ(load(image_bytes("sim-golden"), program), CL_SUCCESS);
  Object<cl_program> second;
  EXPECT_EQ(load(image_bytes("sim-golden"), second), CL_SUCCESS) << "the same image may be loaded twice";
  Object<cl_program> other;
  EXPECT_EQ(load(image_bytes(TEST_MODEL), other), CL_OUT_OF_RESOURCES);
  EXPECT_NE(notified.find("is programmed with image sim-golden, which is in use"), std::string::npos) << notified;
  program.reset();
  EXPECT_EQ(load(image_bytes(TEST_MODEL), other), CL_OUT_OF_RESOURCES) << "one program is still there";
  second.reset();
  EXPECT_EQ(load(image_bytes(TEST_MODEL), other), CL_SUCCESS) << notified;
}

TEST_F(ProgramTest, CardsHaveImagesOfTheirOwn) {
  const auto all = devices();
  const Object<cl_context> both(cl().clCreateContext(nullptr, 2, all.data(), nullptr, nullptr, nullptr));
  const auto golden = image_bytes("sim-golden");
  const auto model = image_bytes(TEST_MODEL);
  const unsigned char *binaries[] = {golden.data(), golden.data()};
  const std::size_t bytes[] = {golden.size(), golden.size()};
  cl_int statuses[2] = {1, 1};
  cl_int code = 1;
  {
    const Object<cl_program> same(
        cl().clCreateProgramWithBinary(both, 2, all.data(), bytes, binaries, statuses, &code));
    EXPECT_EQ(code, CL_SUCCESS);
    EXPECT_EQ(statuses[1], CL_SUCCESS);
  }
  const unsigned char *mixed[] = {golden.data(), model.data()};
  const std::size_t mixed_bytes[] = {golden.size(), model.size()};
  EXPECT_EQ(cl().clCreateProgramWithBinary(both, 2, all.data(), mixed_bytes, mixed, statuses, &code), nullptr);
  EXPECT_EQ(code, CL_INVALID_BINARY) << "one program, one image";
  // Two programs: each card its own.
  const Object<cl_program> first(cl().clCreateProgramWithBinary(both, 1, &all[0], bytes, binaries, statuses, &code));
  EXPECT_EQ(code, CL_SUCCESS);
  const Object<cl_program> second(
      cl().clCreateProgramWithBinary(both, 1, &all[1], &mixed_bytes[1], &mixed[1], statuses, &code));
  EXPECT_EQ(code, CL_SUCCESS);
}

TEST_F(ProgramTest, WrongArgumentsAreRefused) {
  const auto image = image_bytes("sim-golden");
  const unsigned char *bytes = image.data();
  const std::size_t count = image.size();
  const std::size_t none = 0;
  const cl_device_id other = devices()[1];
  const auto code_of = [&](cl_context c, cl_uint n, const cl_device_id *d, const std::size_t *l,
                           const unsigned char **b) {
    cl_int code = CL_SUCCESS;
    EXPECT_EQ(cl().clCreateProgramWithBinary(c, n, d, l, b, nullptr, &code), nullptr);
    return code;
  };
  EXPECT_EQ(code_of(nullptr, 1, &device, &count, &bytes), CL_INVALID_CONTEXT);
  EXPECT_EQ(code_of(context, 0, &device, &count, &bytes), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(context, 1, &other, &count, &bytes), CL_INVALID_DEVICE);
  EXPECT_EQ(code_of(context, 1, &device, nullptr, &bytes), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(context, 1, &device, &none, &bytes), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clRetainProgram(nullptr), CL_INVALID_PROGRAM);
  EXPECT_EQ(cl().clReleaseProgram(reinterpret_cast<cl_program>(device)), CL_INVALID_PROGRAM);
  EXPECT_EQ(cl().clBuildProgram(nullptr, 0, nullptr, nullptr, nullptr, nullptr), CL_INVALID_PROGRAM);
}

TEST_F(ProgramTest, ThereIsNoCompiler) {
  const char *source = "kernel void f() {}";
  cl_int code = 1;
  const Object<cl_program> from_source(cl().clCreateProgramWithSource(context, 1, &source, nullptr, &code));
  ASSERT_EQ(code, CL_SUCCESS);
  EXPECT_EQ(cl().clBuildProgram(from_source, 1, &device, "", nullptr, nullptr), CL_COMPILER_NOT_AVAILABLE);
  EXPECT_EQ(cl().clCompileProgram(from_source, 1, &device, "", 0, nullptr, nullptr, nullptr, nullptr),
            CL_COMPILER_NOT_AVAILABLE);
  EXPECT_EQ(cl().clCreateKernel(from_source, "f", &code), nullptr);
  EXPECT_EQ(code, CL_INVALID_PROGRAM_EXECUTABLE);
  EXPECT_EQ(text([&](auto... a) { return cl().clGetProgramInfo(from_source, CL_PROGRAM_SOURCE, a...); }), source);
  EXPECT_EQ(cl().clUnloadPlatformCompiler(sim::platform()), CL_SUCCESS);
  EXPECT_EQ(cl().clLinkProgram(context, 1, &device, "", 0, nullptr, nullptr, nullptr, &code), nullptr);
  EXPECT_EQ(code, CL_LINKER_NOT_AVAILABLE);
}

}  // namespace cipherstream::test
