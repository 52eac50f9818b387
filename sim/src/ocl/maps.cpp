// Map and unmap: mapped memory is the host's, device memory is copied from and to it, as over a bus.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "memory_checks.h"

namespace cipherstream::sim {

namespace {

constexpr std::size_t kMapAlignment = 4096;

void *host_memory(std::size_t bytes) {
  void *memory = std::aligned_alloc(kMapAlignment, (bytes + kMapAlignment - 1) / kMapAlignment * kMapAlignment);
  require(memory != nullptr, CL_MAP_FAILURE);
  return memory;
}

void forget(_cl_mem &buffer, const Mapping &mapping) {
  {
    const std::lock_guard<std::mutex> lock(buffer.mutex);
    const auto found = std::find_if(buffer.mappings.begin(), buffer.mappings.end(), [&](const Mapping &m) {
      return m.pointer == mapping.pointer && m.leaving == mapping.leaving;
    });
    if (found == buffer.mappings.end()) return;
    buffer.mappings.erase(found);
  }
  if (mapping.owned) std::free(mapping.pointer);
}

void *map_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, cl_map_flags flags, size_t offset,
                 size_t bytes, cl_uint count, const cl_event *events, cl_event *event, cl_int *code) {
  return created(code, [&]() -> void * {
    check_buffer(queue, buffer);
    check_range(buffer, offset, bytes, buffer);
    constexpr cl_map_flags kWrites = CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION;
    require(flags != 0 && (flags & ~(CL_MAP_READ | kWrites)) == 0, CL_INVALID_VALUE);
    require((flags & CL_MAP_WRITE_INVALIDATE_REGION) == 0 || flags == CL_MAP_WRITE_INVALIDATE_REGION, CL_INVALID_VALUE);
    const cl_mem_flags forbidden = CL_MEM_HOST_NO_ACCESS | ((flags & CL_MAP_READ) != 0 ? CL_MEM_HOST_WRITE_ONLY : 0) |
                                   ((flags & kWrites) != 0 ? CL_MEM_HOST_READ_ONLY : 0);
    require((buffer->flags & forbidden) == 0, CL_INVALID_OPERATION);
    auto waits = wait_list(queue->context.get(), count, events);
    const bool owned = buffer->host_ptr == nullptr;
    void *pointer = owned ? host_memory(bytes) : static_cast<char *>(buffer->host_ptr) + offset;
    const Mapping mapping{pointer, offset, bytes, (flags & kWrites) != 0, owned};
    {
      const std::lock_guard<std::mutex> lock(buffer->mutex);
      buffer->mappings.push_back(mapping);
    }
    try {
      submit(queue, CL_COMMAND_MAP_BUFFER, std::move(waits), blocking != CL_FALSE, event,
             [device = queue->device, buffer = Ref(buffer), mapping,
              reads = (flags & CL_MAP_WRITE_INVALIDATE_REGION) == 0] {
               if (reads) std::memcpy(mapping.pointer, buffer->bytes_on(device) + mapping.offset, mapping.bytes);
               return Outcome{};
             });
    } catch (...) {
      forget(*buffer, mapping);
      throw;
    }
    return pointer;
  });
}

cl_int unmap(cl_command_queue queue, cl_mem buffer, void *pointer, cl_uint count, const cl_event *events,
             cl_event *event) {
  return guarded([&] {
    check_buffer(queue, buffer);
    auto waits = wait_list(queue->context.get(), count, events);
    Mapping mapping{};
    {
      const std::lock_guard<std::mutex> lock(buffer->mutex);
      const auto found = std::find_if(buffer->mappings.begin(), buffer->mappings.end(),
                                      [&](const Mapping &m) { return m.pointer == pointer && !m.leaving; });
      require(found != buffer->mappings.end(), CL_INVALID_VALUE);
      found->leaving = true;
      mapping = *found;
    }
    submit(queue, CL_COMMAND_UNMAP_MEM_OBJECT, std::move(waits), false, event,
           [device = queue->device, buffer = Ref(buffer), mapping] {
             if (mapping.writes) {
               std::memcpy(buffer->bytes_on(device) + mapping.offset, mapping.pointer, mapping.bytes);
             }
             forget(*buffer, mapping);
             return Outcome{};
           });
  });
}

}  // namespace

void fill_maps(cl_icd_dispatch &t) {
  t.clEnqueueMapBuffer = map_buffer;
  t.clEnqueueUnmapMemObject = unmap;
}

}  // namespace cipherstream::sim
