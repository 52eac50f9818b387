#include "api.h"
#include "info.h"

using cipherstream::sim::clock_nanos;

_cl_event::_cl_event(cl_context context, cl_command_queue queue, cl_command_type type, cl_int status)
    : Handle(kKind), context(context), queue(queue), type(type), status(status) {
  nanos[0] = clock_nanos();
}

bool _cl_event::advance(cl_int to) {
  std::vector<Callback> called;
  {
    const std::lock_guard<std::mutex> lock(mutex);
    if (status <= CL_COMPLETE) return false;
    status = to;
    const std::uint64_t now = clock_nanos();
    if (to == CL_SUBMITTED) nanos[1] = now;
    if (to == CL_RUNNING) nanos[2] = now;
    if (to <= CL_COMPLETE && nanos[3] == 0) nanos[3] = now;
    for (auto c = callbacks.begin(); c != callbacks.end();) {
      if (c->type < to) {
        ++c;
        continue;
      }
      called.push_back(*c);
      c = callbacks.erase(c);
    }
  }
  changed.notify_all();
  for (const Callback &c : called) c.function(this, to < 0 ? to : c.type, c.data);
  return true;
}

cl_int _cl_event::wait() {
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [this] { return status <= CL_COMPLETE; });
  return status;
}

cl_int _cl_event::now() {
  const std::lock_guard<std::mutex> lock(mutex);
  return status;
}

namespace cipherstream::sim {

std::vector<Ref<_cl_event>> wait_list(cl_context context, cl_uint count, const cl_event *events) {
  require((count == 0) == (events == nullptr), CL_INVALID_EVENT_WAIT_LIST);
  std::vector<Ref<_cl_event>> list;
  for (cl_uint i = 0; i < count; i++) {
    require(valid(events[i]), CL_INVALID_EVENT_WAIT_LIST);
    require(events[i]->context.get() == context, CL_INVALID_CONTEXT);
    list.emplace_back(events[i]);
  }
  return list;
}

namespace {

cl_int wait_for_events(cl_uint count, const cl_event *events) {
  return guarded([&] {
    require(count > 0 && events != nullptr, CL_INVALID_VALUE);
    for (cl_uint i = 0; i < count; i++) {
      require(valid(events[i]), CL_INVALID_EVENT);
      require(events[i]->context.get() == events[0]->context.get(), CL_INVALID_CONTEXT);
    }
    bool failed = false;
    for (cl_uint i = 0; i < count; i++) failed |= events[i]->wait() < 0;
    require(!failed, CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
  });
}

cl_int get_event_info(cl_event event, cl_event_info name, size_t bytes, void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(valid(event), CL_INVALID_EVENT);
    const Info info(bytes, value, bytes_ret);
    switch (name) {
      case CL_EVENT_COMMAND_QUEUE:
        return info.value<cl_command_queue>(event->queue.get());
      case CL_EVENT_CONTEXT:
        return info.value<cl_context>(event->context.get());
      case CL_EVENT_COMMAND_TYPE:
        return info.value<cl_command_type>(event->type);
      case CL_EVENT_COMMAND_EXECUTION_STATUS:
        return info.value<cl_int>(event->now());
      case CL_EVENT_REFERENCE_COUNT:
        return info.value<cl_uint>(event->references);
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

cl_int get_profiling_info(cl_event event, cl_profiling_info name, size_t bytes, void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(valid(event), CL_INVALID_EVENT);
    require(event->queue && (event->queue->properties & CL_QUEUE_PROFILING_ENABLE) != 0 && event->now() == CL_COMPLETE,
            CL_PROFILING_INFO_NOT_AVAILABLE);
    require(name >= CL_PROFILING_COMMAND_QUEUED && name <= CL_PROFILING_COMMAND_END, CL_INVALID_VALUE);
    const std::lock_guard<std::mutex> lock(event->mutex);
    Info(bytes, value, bytes_ret).value<cl_ulong>(event->nanos[name - CL_PROFILING_COMMAND_QUEUED]);
  });
}

cl_int set_event_callback(cl_event event, cl_int type, void(CL_CALLBACK *function)(cl_event, cl_int, void *),
                          void *data) {
  return guarded([&] {
    require(valid(event), CL_INVALID_EVENT);
    require(function != nullptr && (type == CL_SUBMITTED || type == CL_RUNNING || type == CL_COMPLETE),
            CL_INVALID_VALUE);
    cl_int status;
    {
      const std::lock_guard<std::mutex> lock(event->mutex);
      status = event->status;
      if (status > type) event->callbacks.push_back({type, function, data});
    }
    if (status <= type) function(event, status < 0 ? status : type, data);
  });
}

cl_event create_user_event(cl_context context, cl_int *code) {
  return created(code, [&] {
    require(valid(context), CL_INVALID_CONTEXT);
    return new _cl_event(context, nullptr, CL_COMMAND_USER, CL_SUBMITTED);
  });
}

cl_int set_user_event_status(cl_event event, cl_int status) {
  return guarded([&] {
    require(valid(event) && event->type == CL_COMMAND_USER, CL_INVALID_EVENT);
    require(status <= CL_COMPLETE, CL_INVALID_VALUE);
    require(event->advance(status), CL_INVALID_OPERATION);
  });
}

cl_int retain_event(cl_event event) { return retained(event, CL_INVALID_EVENT); }
cl_int release_event(cl_event event) { return released(event, CL_INVALID_EVENT); }

}  // namespace

void fill_event(cl_icd_dispatch &t) {
  t.clWaitForEvents = wait_for_events;
  t.clGetEventInfo = get_event_info;
  t.clRetainEvent = retain_event;
  t.clReleaseEvent = release_event;
  t.clGetEventProfilingInfo = get_profiling_info;
  t.clSetEventCallback = set_event_callback;
  t.clCreateUserEvent = create_user_event;
  t.clSetUserEventStatus = set_user_event_status;
}

}  // namespace cipherstream::sim
