#include <thread>

#include "launch.h"
#include "support/rig.h"
#include "support/sample.h"

namespace cipherstream::test {

class KernelTest : public CardTest {
 protected:
  void prepare(const std::string &image, const char *name = "core_program") {
    ASSERT_EQ(load(image_bytes(image), program), CL_SUCCESS) << notified;
    cl_int code = 1;
    *kernel.out() = cl().clCreateKernel(program, name, &code);
    ASSERT_EQ(code, CL_SUCCESS);
  }
  static Scene scene_for(const std::string &image) {
    return sample_scene(parameters_of(*read_image(TEST_IMAGES "/" + image + "/" + image + ".csimg")));
  }
  cl_int enqueue(std::size_t offset, std::size_t global, std::size_t local, cl_uint dimensions = 1) {
    return cl().clEnqueueNDRangeKernel(queue, kernel, dimensions, &offset, &global, &local, 0, nullptr, nullptr);
  }

  Object<cl_program> program;
  Object<cl_kernel> kernel;
};

TEST_F(KernelTest, HasTheImagesArguments) {
  prepare("sim-golden");
  const auto get = [&](cl_kernel_info name) {
    return [&, name](auto... a) { return cl().clGetKernelInfo(kernel, name, a...); };
  };
  EXPECT_EQ(text(get(CL_KERNEL_FUNCTION_NAME)), "core_program");
  EXPECT_EQ(info<cl_uint>(get(CL_KERNEL_NUM_ARGS)), 10U);
  EXPECT_EQ(info<cl_program>(get(CL_KERNEL_PROGRAM)), static_cast<cl_program>(program));
  EXPECT_EQ(info<cl_context>(get(CL_KERNEL_CONTEXT)), static_cast<cl_context>(context));
  const auto argument = [&](cl_uint index, cl_kernel_arg_info name) {
    return [&, index, name](auto... a) { return cl().clGetKernelArgInfo(kernel, index, name, a...); };
  };
  EXPECT_EQ(text(argument(3, CL_KERNEL_ARG_NAME)), "pool");
  EXPECT_EQ(text(argument(3, CL_KERNEL_ARG_TYPE_NAME)), "ulong*");
  EXPECT_EQ(text(argument(9, CL_KERNEL_ARG_TYPE_NAME)), "ulong");
  EXPECT_EQ(info<cl_kernel_arg_address_qualifier>(argument(3, CL_KERNEL_ARG_ADDRESS_QUALIFIER)),
            static_cast<cl_kernel_arg_address_qualifier>(CL_KERNEL_ARG_ADDRESS_GLOBAL));
  EXPECT_EQ(cl().clGetKernelArgInfo(kernel, 10, CL_KERNEL_ARG_NAME, 0, nullptr, nullptr), CL_INVALID_ARG_INDEX);
  EXPECT_EQ(info<std::size_t>([&](auto... a) {
              return cl().clGetKernelWorkGroupInfo(kernel, nullptr, CL_KERNEL_WORK_GROUP_SIZE, a...);
            }),
            1U);
  EXPECT_EQ(cl().clGetKernelWorkGroupInfo(kernel, devices()[1], CL_KERNEL_WORK_GROUP_SIZE, 0, nullptr, nullptr),
            CL_INVALID_DEVICE);
}

TEST_F(KernelTest, IsFoundByItsNameAndUnit) {
  prepare("sim-golden");
  cl_int code = 1;
  for (const char *name : {"core_program:{core_program_1}", "core_program:{core_program_2}"}) {
    const Object<cl_kernel> one(cl().clCreateKernel(program, name, &code));
    EXPECT_EQ(code, CL_SUCCESS) << name;
  }
  for (const char *name :
       {"core", "", "core_program:{core_program_3}", "core_program:{core_program_0}", "core_program:"}) {
    EXPECT_EQ(cl().clCreateKernel(program, name, &code), nullptr) << name;
    EXPECT_EQ(code, CL_INVALID_KERNEL_NAME) << name;
  }
  EXPECT_EQ(cl().clCreateKernel(program, nullptr, &code), nullptr);
  EXPECT_EQ(code, CL_INVALID_VALUE);
  Object<cl_kernel> all;
  cl_uint count = 0;
  EXPECT_EQ(cl().clCreateKernelsInProgram(program, 1, all.out(), &count), CL_SUCCESS);
  EXPECT_EQ(count, 1U);
  EXPECT_EQ(cl().clCreateKernelsInProgram(program, 0, all.out(), nullptr), CL_INVALID_VALUE);
}

TEST_F(KernelTest, WrongArgumentsAndRangesAreRefused) {
  prepare("sim-golden");
  const Object<cl_mem> memory(buffer(64));
  const cl_mem set = memory;
  const cl_mem wrong = reinterpret_cast<cl_mem>(device);
  const cl_uint number = 1;
  EXPECT_EQ(enqueue(0, 1, 1), CL_INVALID_KERNEL_ARGS) << "none is set";
  EXPECT_EQ(cl().clSetKernelArg(kernel, 10, 4, &number), CL_INVALID_ARG_INDEX);
  EXPECT_EQ(cl().clSetKernelArg(kernel, 5, 8, &number), CL_INVALID_ARG_SIZE);
  EXPECT_EQ(cl().clSetKernelArg(kernel, 5, 4, nullptr), CL_INVALID_ARG_VALUE);
  EXPECT_EQ(cl().clSetKernelArg(kernel, 0, 4, &set), CL_INVALID_ARG_SIZE);
  EXPECT_EQ(cl().clSetKernelArg(kernel, 0, sizeof wrong, &wrong), CL_INVALID_MEM_OBJECT);
  EXPECT_EQ(cl().clSetKernelArg(nullptr, 0, sizeof set, &set), CL_INVALID_KERNEL);
  EXPECT_EQ(enqueue(0, 2, 1), CL_INVALID_GLOBAL_WORK_SIZE);
  EXPECT_EQ(enqueue(0, 1, 2), CL_INVALID_WORK_GROUP_SIZE);
  EXPECT_EQ(enqueue(1, 1, 1), CL_INVALID_GLOBAL_OFFSET);
  EXPECT_EQ(enqueue(0, 1, 1, 4), CL_INVALID_WORK_DIMENSION);
  const Object<cl_command_queue> none;
  EXPECT_EQ(cl().clEnqueueTask(nullptr, kernel, 0, nullptr, nullptr), CL_INVALID_COMMAND_QUEUE);
  EXPECT_EQ(cl().clEnqueueTask(queue, nullptr, 0, nullptr, nullptr), CL_INVALID_KERNEL);
}

TEST_F(KernelTest, TheGoldenModelComputes) {
  prepare("sim-golden");
  const Scene scene = scene_for("sim-golden");
  Launch launch(context, queue, kernel, scene);
  EXPECT_EQ(launch.run(), CL_COMPLETE) << notified;
  EXPECT_TRUE(launch.data() == sample_words(scene));
  EXPECT_EQ(launch.result()[0], 0U);
  EXPECT_EQ(launch.result()[1], (std::uint64_t{1} << scene.degree_bits) / 16);
}

// The event's duration is cycles over the clock that the environment says, 250 MHz: 4 ns a cycle.
TEST_F(KernelTest, AVerilatedUnitComputesAndItsTimesAreCycles) {
  prepare(TEST_MODEL, "core_program:{core_program_2}");
  const Scene scene = scene_for(TEST_MODEL);
  Launch launch(context, queue, kernel, scene);
  EXPECT_EQ(launch.run(), CL_COMPLETE) << notified;
  EXPECT_TRUE(launch.data() == sample_words(scene));
  const std::uint64_t cycles = launch.result()[2];
  EXPECT_EQ(launch.nanoseconds() % 4, 0U);
  // The core counts a job from its stream's start to the last answer, the card from the write of the register to the
  // interrupt, tables and result lines too.
  EXPECT_GE(launch.nanoseconds() / 4, cycles);
  EXPECT_LE(launch.nanoseconds() / 4, cycles + 400);
}

TEST_F(KernelTest, ABadOperationIsASayingOfTheResultLine) {
  prepare(TEST_MODEL);
  Scene scene = scene_for(TEST_MODEL);
  scene.put(scene.jobs[0].stream + kMap * CARD_LINE_BYTES + CORE_AT_OPCODE, std::uint8_t{99});
  Launch launch(context, queue, kernel, scene);
  EXPECT_EQ(launch.run(), CL_COMPLETE) << "the kernel itself ended as it should";
  EXPECT_EQ(launch.result()[0], 1U | std::uint64_t{kMap} << 32U);
}

// Another context's memory answers nothing, though it is on the same card.
TEST_F(KernelTest, AnotherContextsMemoryIsOutOfReach) {
  const Object<cl_context> other(cl().clCreateContext(nullptr, 1, &device, nullptr, nullptr, nullptr));
  const std::vector<std::uint8_t> secret(1U << 20U, 0x5c);
  prepare(TEST_MODEL);
  Scene scene = scene_for(TEST_MODEL);
  // The pool's buffer keeps its size: only the argument says more.
  const std::uint64_t pool_lines = 1U << 16U;
  scene.put(scene.jobs[0].segments + 24, (std::uint64_t{1} << 32U) | 0xff00U);
  scene.put(scene.jobs[0].stream + kStoreD * CARD_LINE_BYTES + CORE_AT_LINE, std::uint32_t{0x1000});
  Launch launch(context, queue, kernel, scene);
  EXPECT_EQ(cl().clSetKernelArg(kernel, 9, 8, &pool_lines), CL_SUCCESS);
  const Object<cl_mem> strange(cl().clCreateBuffer(other, CL_MEM_COPY_HOST_PTR, secret.size(),
                                                   const_cast<std::uint8_t *>(secret.data()), nullptr));
  EXPECT_EQ(launch.run(), CL_COMPLETE);
  EXPECT_EQ(launch.result()[0] & 0xffU, 9U) << "the write was answered with an error";
  const Object<cl_command_queue> reader(cl().clCreateCommandQueue(other, device, 0, nullptr));
  std::vector<std::uint8_t> seen(secret.size());
  ASSERT_EQ(cl().clEnqueueReadBuffer(reader, strange, CL_TRUE, 0, seen.size(), seen.data(), 0, nullptr, nullptr),
            CL_SUCCESS);
  EXPECT_EQ(seen, secret);
}

// Two queues, one program: kernels that name no unit take the one that is free.
TEST_F(KernelTest, UnitsWorkSideBySide) {
  prepare(TEST_MODEL);
  const Scene scene = scene_for(TEST_MODEL);
  const auto expected = sample_words(scene);
  const Object<cl_kernel> second(cl().clCreateKernel(program, "core_program", nullptr));
  const Object<cl_command_queue> other(cl().clCreateCommandQueue(context, device, CL_QUEUE_PROFILING_ENABLE, nullptr));
  Launch one(context, queue, kernel, scene);
  Launch two(context, other, second, scene);
  std::thread parallel([&] { EXPECT_EQ(one.run(), CL_COMPLETE); });
  EXPECT_EQ(two.run(), CL_COMPLETE);
  parallel.join();
  EXPECT_TRUE(one.data() == expected);
  EXPECT_TRUE(two.data() == expected);
}

}  // namespace cipherstream::test
