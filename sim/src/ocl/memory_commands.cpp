// Read, write, copy, fill, migrate.
#include <cstring>

#include "memory_checks.h"

namespace cipherstream::sim {

namespace {

cl_int read_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t bytes, void *to,
                   cl_uint count, const cl_event *events, cl_event *event) {
  return guarded([&] {
    check_buffer(queue, buffer);
    check_range(buffer, offset, bytes, to);
    require((buffer->flags & (CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_NO_ACCESS)) == 0, CL_INVALID_OPERATION);
    submit(queue, CL_COMMAND_READ_BUFFER, wait_list(queue->context.get(), count, events), blocking != CL_FALSE, event,
           [device = queue->device, buffer = Ref(buffer), offset, bytes, to] {
             std::memcpy(to, buffer->bytes_on(device) + offset, bytes);
             return Outcome{};
           });
  });
}

cl_int write_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t bytes,
                    const void *from, cl_uint count, const cl_event *events, cl_event *event) {
  return guarded([&] {
    check_buffer(queue, buffer);
    check_range(buffer, offset, bytes, from);
    require((buffer->flags & (CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS)) == 0, CL_INVALID_OPERATION);
    submit(queue, CL_COMMAND_WRITE_BUFFER, wait_list(queue->context.get(), count, events), blocking != CL_FALSE, event,
           [device = queue->device, buffer = Ref(buffer), offset, bytes, from] {
             std::memcpy(buffer->bytes_on(device) + offset, from, bytes);
             return Outcome{};
           });
  });
}

// Whether stretches of one buffer's memory meet.
bool overlaps(cl_mem a, size_t a_offset, cl_mem b, size_t b_offset, size_t bytes) {
  const size_t first = a->origin + a_offset;
  const size_t second = b->origin + b_offset;
  return a->root() == b->root() && first < second + bytes && second < first + bytes;
}

cl_int copy_buffer(cl_command_queue queue, cl_mem from, cl_mem to, size_t from_offset, size_t to_offset, size_t bytes,
                   cl_uint count, const cl_event *events, cl_event *event) {
  return guarded([&] {
    check_buffer(queue, from);
    check_buffer(queue, to);
    check_range(from, from_offset, bytes, from);
    check_range(to, to_offset, bytes, to);
    require(!overlaps(from, from_offset, to, to_offset, bytes), CL_MEM_COPY_OVERLAP);
    submit(queue, CL_COMMAND_COPY_BUFFER, wait_list(queue->context.get(), count, events), false, event,
           [device = queue->device, from = Ref(from), to = Ref(to), from_offset, to_offset, bytes] {
             const std::byte *source = from->bytes_on(device) + from_offset;
             std::memcpy(to->bytes_on(device) + to_offset, source, bytes);
             return Outcome{};
           });
  });
}

cl_int fill_buffer(cl_command_queue queue, cl_mem buffer, const void *pattern, size_t pattern_bytes, size_t offset,
                   size_t bytes, cl_uint count, const cl_event *events, cl_event *event) {
  return guarded([&] {
    check_buffer(queue, buffer);
    require(pattern != nullptr && pattern_bytes > 0 && pattern_bytes <= 128 &&
                (pattern_bytes & (pattern_bytes - 1)) == 0 && offset % pattern_bytes == 0 && bytes % pattern_bytes == 0,
            CL_INVALID_VALUE);
    check_range(buffer, offset, bytes, pattern);
    const auto *first = static_cast<const std::byte *>(pattern);
    submit(queue, CL_COMMAND_FILL_BUFFER, wait_list(queue->context.get(), count, events), false, event,
           [device = queue->device, buffer = Ref(buffer), value = std::vector<std::byte>(first, first + pattern_bytes),
            offset, bytes] {
             std::byte *to = buffer->bytes_on(device) + offset;
             for (size_t i = 0; i < bytes; i += value.size()) std::memcpy(to + i, value.data(), value.size());
             return Outcome{};
           });
  });
}

cl_int migrate(cl_command_queue queue, cl_uint buffers, const cl_mem *memory, cl_mem_migration_flags flags,
               cl_uint count, const cl_event *events, cl_event *event) {
  return guarded([&] {
    require(valid(queue), CL_INVALID_COMMAND_QUEUE);
    require(buffers > 0 && memory != nullptr, CL_INVALID_VALUE);
    constexpr cl_mem_migration_flags kKnown = CL_MIGRATE_MEM_OBJECT_HOST | CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED;
    require((flags & ~kKnown) == 0, CL_INVALID_VALUE);
    std::vector<Ref<_cl_mem>> all;
    for (cl_uint i = 0; i < buffers; i++) {
      check_buffer(queue, memory[i]);
      all.emplace_back(memory[i]);
    }
    submit(queue, CL_COMMAND_MIGRATE_MEM_OBJECTS, wait_list(queue->context.get(), count, events), false, event,
           [device = queue->device, all, to_host = (flags & CL_MIGRATE_MEM_OBJECT_HOST) != 0] {
             for (const auto &buffer : all) {
               if (!to_host) buffer->address_on(device);
             }
             return Outcome{};
           });
  });
}

}  // namespace

void fill_memory_commands(cl_icd_dispatch &t) {
  t.clEnqueueReadBuffer = read_buffer;
  t.clEnqueueWriteBuffer = write_buffer;
  t.clEnqueueCopyBuffer = copy_buffer;
  t.clEnqueueFillBuffer = fill_buffer;
  t.clEnqueueMigrateMemObjects = migrate;
}

}  // namespace cipherstream::sim
