// In-order command queues: a worker thread each.
#include <condition_variable>
#include <deque>
#include <thread>

#include "api.h"
#include "info.h"

namespace cipherstream::sim {

struct QueueState {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Command> waiting;
  bool closed = false;
};

namespace {

void execute(Command &command) {
  _cl_event &event = *command.event;
  event.advance(CL_SUBMITTED);
  bool failed = false;
  for (const auto &other : command.waits) failed |= other->wait() < 0;
  if (failed) {
    event.advance(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    return;
  }
  event.advance(CL_RUNNING);
  Outcome outcome;
  try {
    outcome = command.run();
  } catch (const Error &e) {
    outcome.status = e.code;
  } catch (const std::exception &e) {
    event.context->notify(e.what());
    outcome.status = CL_OUT_OF_RESOURCES;
  }
  if (outcome.device_nanos != 0) {
    const std::lock_guard<std::mutex> lock(event.mutex);
    event.nanos[3] = event.nanos[2] + outcome.device_nanos;
  }
  command.run = nullptr;
  event.advance(outcome.status);
}

void work(const std::shared_ptr<QueueState> &state) {
  std::unique_lock<std::mutex> lock(state->mutex);
  while (true) {
    state->changed.wait(lock, [&] { return state->closed || !state->waiting.empty(); });
    if (state->waiting.empty()) return;
    {
      Command command = std::move(state->waiting.front());
      state->waiting.pop_front();
      lock.unlock();
      execute(command);
    }
    // With the command its event may have let go of the queue, which then has closed the state.
    lock.lock();
  }
}

}  // namespace

}  // namespace cipherstream::sim

using namespace cipherstream::sim;

_cl_command_queue::_cl_command_queue(cl_context context, cl_device_id device, cl_command_queue_properties properties)
    : Handle(kKind), context(context), device(device), properties(properties), state(std::make_shared<QueueState>()) {
  std::thread([state = state] { work(state); }).detach();
}

// Every waiting command holds the queue through its event: here none is left.
_cl_command_queue::~_cl_command_queue() {
  {
    const std::lock_guard<std::mutex> lock(state->mutex);
    state->closed = true;
  }
  state->changed.notify_all();
}

cl_event _cl_command_queue::enqueue(cl_command_type type, std::vector<Ref<_cl_event>> waits,
                                    std::function<Outcome()> run) {
  auto *event = new _cl_event(context.get(), this, type, CL_QUEUED);
  Command command{std::move(waits), std::move(run), Ref<_cl_event>(event)};
  {
    const std::lock_guard<std::mutex> lock(state->mutex);
    state->waiting.push_back(std::move(command));
  }
  state->changed.notify_all();
  return event;
}

void _cl_command_queue::finish() {
  cl_event last = enqueue(CL_COMMAND_MARKER, {}, [] { return Outcome{}; });
  last->wait();
  cipherstream::sim::release(last);
}

namespace cipherstream::sim {

void submit(cl_command_queue queue, cl_command_type type, std::vector<Ref<_cl_event>> waits, bool blocking,
            cl_event *event, std::function<Outcome()> run) {
  cl_event made = queue->enqueue(type, std::move(waits), std::move(run));
  const cl_int status = blocking ? made->wait() : CL_COMPLETE;
  if (event != nullptr && status >= 0) {
    *event = made;
  } else {
    release(made);
  }
  require(status >= 0, status);
}

namespace {

cl_command_queue create_queue(cl_context context, cl_device_id device, cl_command_queue_properties properties,
                              cl_int *code) {
  return created(code, [&] {
    require(valid(context), CL_INVALID_CONTEXT);
    require(valid(device), CL_INVALID_DEVICE);
    bool member = false;
    for (cl_device_id d : context->devices) member |= d == device;
    require(member, CL_INVALID_DEVICE);
    constexpr cl_command_queue_properties kKnown = CL_QUEUE_PROFILING_ENABLE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE;
    require((properties & ~kKnown) == 0, CL_INVALID_VALUE);
    require((properties & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) == 0, CL_INVALID_QUEUE_PROPERTIES);
    return new _cl_command_queue(context, device, properties);
  });
}

cl_int retain_queue(cl_command_queue queue) { return retained(queue, CL_INVALID_COMMAND_QUEUE); }
cl_int release_queue(cl_command_queue queue) { return released(queue, CL_INVALID_COMMAND_QUEUE); }

cl_int get_queue_info(cl_command_queue queue, cl_command_queue_info name, size_t bytes, void *value,
                      size_t *bytes_ret) {
  return guarded([&] {
    require(valid(queue), CL_INVALID_COMMAND_QUEUE);
    const Info info(bytes, value, bytes_ret);
    switch (name) {
      case CL_QUEUE_CONTEXT:
        return info.value<cl_context>(queue->context.get());
      case CL_QUEUE_DEVICE:
        return info.value<cl_device_id>(queue->device);
      case CL_QUEUE_REFERENCE_COUNT:
        return info.value<cl_uint>(queue->references);
      case CL_QUEUE_PROPERTIES:
        return info.value<cl_command_queue_properties>(queue->properties);
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

// Commands start as soon as they can: nothing waits for a flush.
cl_int flush(cl_command_queue queue) { return valid(queue) ? CL_SUCCESS : CL_INVALID_COMMAND_QUEUE; }

cl_int finish(cl_command_queue queue) {
  return guarded([&] {
    require(valid(queue), CL_INVALID_COMMAND_QUEUE);
    queue->finish();
  });
}

// In an in-order queue a command that does nothing is a marker and a barrier.
cl_int empty_command(cl_command_queue queue, cl_command_type type, cl_uint count, const cl_event *events,
                     cl_event *event) {
  return guarded([&] {
    require(valid(queue), CL_INVALID_COMMAND_QUEUE);
    submit(queue, type, wait_list(queue->context.get(), count, events), false, event, [] { return Outcome{}; });
  });
}

cl_int marker_with_wait_list(cl_command_queue queue, cl_uint count, const cl_event *events, cl_event *event) {
  return empty_command(queue, CL_COMMAND_MARKER, count, events, event);
}

cl_int barrier_with_wait_list(cl_command_queue queue, cl_uint count, const cl_event *events, cl_event *event) {
  return empty_command(queue, CL_COMMAND_BARRIER, count, events, event);
}

cl_int marker(cl_command_queue queue, cl_event *event) {
  if (event == nullptr && valid(queue)) return CL_INVALID_VALUE;
  return empty_command(queue, CL_COMMAND_MARKER, 0, nullptr, event);
}

cl_int barrier(cl_command_queue queue) { return empty_command(queue, CL_COMMAND_BARRIER, 0, nullptr, nullptr); }

cl_int wait_events(cl_command_queue queue, cl_uint count, const cl_event *events) {
  if (!valid(queue)) return CL_INVALID_COMMAND_QUEUE;
  if (count == 0 || events == nullptr) return CL_INVALID_VALUE;
  const cl_int code = empty_command(queue, CL_COMMAND_BARRIER, count, events, nullptr);
  return code == CL_INVALID_EVENT_WAIT_LIST ? CL_INVALID_EVENT : code;
}

}  // namespace

void fill_queue(cl_icd_dispatch &t) {
  t.clCreateCommandQueue = create_queue;
  t.clRetainCommandQueue = retain_queue;
  t.clReleaseCommandQueue = release_queue;
  t.clGetCommandQueueInfo = get_queue_info;
  t.clFlush = flush;
  t.clFinish = finish;
  t.clEnqueueMarkerWithWaitList = marker_with_wait_list;
  t.clEnqueueBarrierWithWaitList = barrier_with_wait_list;
  t.clEnqueueMarker = marker;
  t.clEnqueueBarrier = barrier;
  t.clEnqueueWaitForEvents = wait_events;
}

}  // namespace cipherstream::sim
