#include "opencl.h"

namespace cipherstream::test {

using QueueTest = CardTest;

TEST_F(QueueTest, HoldsWhatItWasMadeOf) {
  const auto get = [&](cl_command_queue_info name) {
    return [&, name](auto... a) { return cl().clGetCommandQueueInfo(queue, name, a...); };
  };
  EXPECT_EQ(info<cl_context>(get(CL_QUEUE_CONTEXT)), static_cast<cl_context>(context));
  EXPECT_EQ(info<cl_device_id>(get(CL_QUEUE_DEVICE)), device);
  EXPECT_EQ(info<cl_command_queue_properties>(get(CL_QUEUE_PROPERTIES)),
            static_cast<cl_command_queue_properties>(CL_QUEUE_PROFILING_ENABLE));
  EXPECT_EQ(info<cl_uint>(get(CL_QUEUE_REFERENCE_COUNT)), 1U);
  EXPECT_EQ(cl().clRetainCommandQueue(queue), CL_SUCCESS);
  EXPECT_EQ(cl().clReleaseCommandQueue(queue), CL_SUCCESS);
  EXPECT_EQ(cl().clFlush(queue), CL_SUCCESS);
  EXPECT_EQ(cl().clFinish(queue), CL_SUCCESS);
}

TEST_F(QueueTest, RefusesWrongArguments) {
  const auto code_of = [](cl_context c, cl_device_id d, cl_command_queue_properties p) {
    cl_int code = CL_SUCCESS;
    EXPECT_EQ(cl().clCreateCommandQueue(c, d, p, &code), nullptr);
    return code;
  };
  EXPECT_EQ(code_of(nullptr, device, 0), CL_INVALID_CONTEXT);
  EXPECT_EQ(code_of(context, nullptr, 0), CL_INVALID_DEVICE);
  EXPECT_EQ(code_of(context, devices()[1], 0), CL_INVALID_DEVICE);
  EXPECT_EQ(code_of(context, device, 1U << 20U), CL_INVALID_VALUE);
  EXPECT_EQ(code_of(context, device, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE), CL_INVALID_QUEUE_PROPERTIES);
  const auto wrong = reinterpret_cast<cl_command_queue>(device);
  EXPECT_EQ(cl().clRetainCommandQueue(wrong), CL_INVALID_COMMAND_QUEUE);
  EXPECT_EQ(cl().clReleaseCommandQueue(nullptr), CL_INVALID_COMMAND_QUEUE);
  EXPECT_EQ(cl().clFlush(wrong), CL_INVALID_COMMAND_QUEUE);
  EXPECT_EQ(cl().clFinish(nullptr), CL_INVALID_COMMAND_QUEUE);
  EXPECT_EQ(cl().clEnqueueBarrier(wrong), CL_INVALID_COMMAND_QUEUE);
  EXPECT_EQ(cl().clEnqueueMarker(wrong, nullptr), CL_INVALID_COMMAND_QUEUE);
  EXPECT_EQ(cl().clEnqueueMarker(queue, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clEnqueueWaitForEvents(queue, 0, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clGetCommandQueueInfo(queue, 0x1, 0, nullptr, nullptr), CL_INVALID_VALUE);
}

TEST_F(QueueTest, CommandsRunInTheirOrder) {
  const Object<cl_mem> memory(buffer(64));
  for (std::uint8_t value = 0; value < 100; value++) {
    ASSERT_EQ(cl().clEnqueueFillBuffer(queue, memory, &value, 1, 0, 64, 0, nullptr, nullptr), CL_SUCCESS);
  }
  EXPECT_EQ(content(memory), std::vector<std::uint8_t>(64, 99));
}

TEST_F(QueueTest, AMarkerEndsAfterWhatIsBeforeIt) {
  cl_int code = 1;
  const Object<cl_event> user(cl().clCreateUserEvent(context, &code));
  Object<cl_event> marker;
  Object<cl_event> old_marker;
  const cl_event waits = user;
  ASSERT_EQ(cl().clEnqueueMarkerWithWaitList(queue, 1, &waits, marker.out()), CL_SUCCESS);
  ASSERT_EQ(cl().clEnqueueMarker(queue, old_marker.out()), CL_SUCCESS);
  ASSERT_EQ(cl().clEnqueueBarrierWithWaitList(queue, 0, nullptr, nullptr), CL_SUCCESS);
  const auto status = [](cl_event e) {
    return info<cl_int>([&](auto... a) { return cl().clGetEventInfo(e, CL_EVENT_COMMAND_EXECUTION_STATUS, a...); });
  };
  EXPECT_GT(status(marker), CL_COMPLETE);
  EXPECT_GT(status(old_marker), CL_COMPLETE);
  EXPECT_EQ(cl().clSetUserEventStatus(user, CL_COMPLETE), CL_SUCCESS);
  EXPECT_EQ(cl().clFinish(queue), CL_SUCCESS);
  EXPECT_EQ(status(marker), CL_COMPLETE);
  EXPECT_EQ(status(old_marker), CL_COMPLETE);
}

// What is enqueued still runs when the caller has let go of the queue.
TEST_F(QueueTest, AReleasedQueueFinishesItsCommands) {
  const Object<cl_mem> memory(buffer(64));
  cl_int code = 1;
  const Object<cl_event> user(cl().clCreateUserEvent(context, &code));
  Object<cl_command_queue> other(cl().clCreateCommandQueue(context, device, 0, &code));
  Object<cl_event> filled;
  const std::uint8_t value = 42;
  const cl_event waits = user;
  ASSERT_EQ(cl().clEnqueueFillBuffer(other, memory, &value, 1, 0, 64, 1, &waits, filled.out()), CL_SUCCESS);
  other.reset();
  EXPECT_EQ(cl().clSetUserEventStatus(user, CL_COMPLETE), CL_SUCCESS);
  const cl_event wanted = filled;
  EXPECT_EQ(cl().clWaitForEvents(1, &wanted), CL_SUCCESS);
  EXPECT_EQ(content(memory), std::vector<std::uint8_t>(64, 42));
}

}  // namespace cipherstream::test
