#include <atomic>

#include "opencl.h"

namespace cipherstream::test {

using EventTest = CardTest;

namespace {

cl_int status(cl_event e) {
  return info<cl_int>([&](auto... a) { return cl().clGetEventInfo(e, CL_EVENT_COMMAND_EXECUTION_STATUS, a...); });
}

void CL_CALLBACK keep(cl_event, cl_int status, void *to) { *static_cast<std::atomic<cl_int> *>(to) = status; }

constexpr cl_int kNotCalled = 77;

}  // namespace

TEST_F(EventTest, AUserEventHoldsCommandsBack) {
  cl_int code = 1;
  const Object<cl_event> user(cl().clCreateUserEvent(context, &code));
  ASSERT_EQ(code, CL_SUCCESS);
  EXPECT_EQ(status(user), CL_SUBMITTED);
  const Object<cl_mem> memory(counting_buffer(64));
  std::vector<std::uint8_t> to(64, 0xff);
  Object<cl_event> read;
  const cl_event waits = user;
  ASSERT_EQ(cl().clEnqueueReadBuffer(queue, memory, CL_FALSE, 0, 64, to.data(), 1, &waits, read.out()), CL_SUCCESS);
  EXPECT_GT(status(read), CL_COMPLETE);
  EXPECT_EQ(to[1], 0xff);
  EXPECT_EQ(cl().clSetUserEventStatus(user, CL_COMPLETE), CL_SUCCESS);
  EXPECT_EQ(cl().clSetUserEventStatus(user, CL_COMPLETE), CL_INVALID_OPERATION);
  const cl_event wanted = read;
  EXPECT_EQ(cl().clWaitForEvents(1, &wanted), CL_SUCCESS);
  EXPECT_EQ(to[1], 1);
  EXPECT_EQ(cl().clSetUserEventStatus(read, CL_COMPLETE), CL_INVALID_EVENT);
}

TEST_F(EventTest, AFailedEventFailsWhatWaitsForIt) {
  cl_int code = 1;
  const Object<cl_event> user(cl().clCreateUserEvent(context, &code));
  const Object<cl_mem> memory(counting_buffer(64));
  std::uint8_t to = 0xee;
  Object<cl_event> read;
  const cl_event waits = user;
  ASSERT_EQ(cl().clEnqueueReadBuffer(queue, memory, CL_FALSE, 5, 1, &to, 1, &waits, read.out()), CL_SUCCESS);
  EXPECT_EQ(cl().clSetUserEventStatus(user, 1), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clSetUserEventStatus(user, -5), CL_SUCCESS);
  const cl_event wanted = read;
  EXPECT_EQ(cl().clWaitForEvents(1, &wanted), CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
  EXPECT_EQ(status(read), CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
  EXPECT_EQ(to, 0xee) << "the command did not run";
  // The queue goes on.
  EXPECT_EQ(cl().clEnqueueReadBuffer(queue, memory, CL_TRUE, 5, 1, &to, 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(to, 5);
}

TEST_F(EventTest, CallbacksComeOnceAndWithTheStatus) {
  cl_int code = 1;
  const Object<cl_event> good(cl().clCreateUserEvent(context, &code));
  const Object<cl_event> bad(cl().clCreateUserEvent(context, &code));
  std::atomic<cl_int> early{kNotCalled};
  std::atomic<cl_int> done{kNotCalled};
  std::atomic<cl_int> failed{kNotCalled};
  std::atomic<cl_int> late{kNotCalled};
  EXPECT_EQ(cl().clSetEventCallback(good, CL_SUBMITTED, keep, &early), CL_SUCCESS);
  EXPECT_EQ(early, CL_SUBMITTED) << "it has that status already";
  EXPECT_EQ(cl().clSetEventCallback(good, CL_COMPLETE, keep, &done), CL_SUCCESS);
  EXPECT_EQ(cl().clSetEventCallback(bad, CL_COMPLETE, keep, &failed), CL_SUCCESS);
  EXPECT_EQ(done, kNotCalled);
  EXPECT_EQ(cl().clSetUserEventStatus(good, CL_COMPLETE), CL_SUCCESS);
  EXPECT_EQ(cl().clSetUserEventStatus(bad, -9), CL_SUCCESS);
  EXPECT_EQ(done, CL_COMPLETE);
  EXPECT_EQ(failed, -9);
  EXPECT_EQ(cl().clSetEventCallback(bad, CL_RUNNING, keep, &late), CL_SUCCESS);
  EXPECT_EQ(late, -9);
  EXPECT_EQ(cl().clSetEventCallback(good, CL_COMPLETE, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clSetEventCallback(good, 9, keep, &late), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clSetEventCallback(nullptr, CL_COMPLETE, keep, &late), CL_INVALID_EVENT);
}

TEST_F(EventTest, TellsWhatItIs) {
  Object<cl_event> marker;
  ASSERT_EQ(cl().clEnqueueMarkerWithWaitList(queue, 0, nullptr, marker.out()), CL_SUCCESS);
  const auto get = [&](cl_event_info name) {
    return [&, name](auto... a) { return cl().clGetEventInfo(marker, name, a...); };
  };
  EXPECT_EQ(info<cl_command_queue>(get(CL_EVENT_COMMAND_QUEUE)), static_cast<cl_command_queue>(queue));
  EXPECT_EQ(info<cl_context>(get(CL_EVENT_CONTEXT)), static_cast<cl_context>(context));
  EXPECT_EQ(info<cl_command_type>(get(CL_EVENT_COMMAND_TYPE)), static_cast<cl_command_type>(CL_COMMAND_MARKER));
  EXPECT_EQ(cl().clGetEventInfo(marker, 0x1, 0, nullptr, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clFinish(queue), CL_SUCCESS);
  EXPECT_EQ(cl().clRetainEvent(marker), CL_SUCCESS);
  EXPECT_EQ(cl().clReleaseEvent(marker), CL_SUCCESS);
  EXPECT_EQ(cl().clReleaseEvent(reinterpret_cast<cl_event>(device)), CL_INVALID_EVENT);
}

TEST_F(EventTest, TimesComeInTheirOrder) {
  const Object<cl_mem> memory(buffer(4096));
  Object<cl_event> filled;
  const std::uint8_t value = 1;
  ASSERT_EQ(cl().clEnqueueFillBuffer(queue, memory, &value, 1, 0, 4096, 0, nullptr, filled.out()), CL_SUCCESS);
  EXPECT_EQ(cl().clFinish(queue), CL_SUCCESS);
  std::vector<cl_ulong> times;
  for (const cl_profiling_info name : {CL_PROFILING_COMMAND_QUEUED, CL_PROFILING_COMMAND_SUBMIT,
                                       CL_PROFILING_COMMAND_START, CL_PROFILING_COMMAND_END}) {
    times.push_back(info<cl_ulong>([&](auto... a) { return cl().clGetEventProfilingInfo(filled, name, a...); }));
  }
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  EXPECT_EQ(cl().clGetEventProfilingInfo(filled, 0x1, 0, nullptr, nullptr), CL_INVALID_VALUE);
}

TEST_F(EventTest, TimesNeedAQueueThatMeasures) {
  cl_int code = 1;
  const Object<cl_command_queue> other(cl().clCreateCommandQueue(context, device, 0, &code));
  const Object<cl_event> user(cl().clCreateUserEvent(context, &code));
  Object<cl_event> marker;
  ASSERT_EQ(cl().clEnqueueMarkerWithWaitList(other, 0, nullptr, marker.out()), CL_SUCCESS);
  EXPECT_EQ(cl().clFinish(other), CL_SUCCESS);
  cl_ulong time = 0;
  for (const cl_event e : {static_cast<cl_event>(marker), static_cast<cl_event>(user)}) {
    EXPECT_EQ(cl().clGetEventProfilingInfo(e, CL_PROFILING_COMMAND_END, sizeof time, &time, nullptr),
              CL_PROFILING_INFO_NOT_AVAILABLE);
  }
  cl().clSetUserEventStatus(user, CL_COMPLETE);
}

TEST_F(EventTest, WrongWaitListsAreRefused) {
  const Object<cl_mem> memory(buffer(64));
  const Object<cl_context> strange_context(cl().clCreateContext(nullptr, 1, &device, nullptr, nullptr, nullptr));
  const Object<cl_event> stranger(cl().clCreateUserEvent(strange_context, nullptr));
  const cl_event wrong = reinterpret_cast<cl_event>(device);
  const cl_event strange = stranger;
  const std::uint8_t value = 1;
  const auto fill = [&](cl_uint count, const cl_event *events) {
    return cl().clEnqueueFillBuffer(queue, memory, &value, 1, 0, 64, count, events, nullptr);
  };
  EXPECT_EQ(fill(1, nullptr), CL_INVALID_EVENT_WAIT_LIST);
  EXPECT_EQ(fill(0, &strange), CL_INVALID_EVENT_WAIT_LIST);
  EXPECT_EQ(fill(1, &wrong), CL_INVALID_EVENT_WAIT_LIST);
  EXPECT_EQ(fill(1, &strange), CL_INVALID_CONTEXT);
  EXPECT_EQ(cl().clWaitForEvents(0, nullptr), CL_INVALID_VALUE);
  EXPECT_EQ(cl().clWaitForEvents(1, &wrong), CL_INVALID_EVENT);
  cl_int code = CL_SUCCESS;
  EXPECT_EQ(cl().clCreateUserEvent(nullptr, &code), nullptr);
  EXPECT_EQ(code, CL_INVALID_CONTEXT);
  cl().clSetUserEventStatus(stranger, CL_COMPLETE);
}

}  // namespace cipherstream::test
