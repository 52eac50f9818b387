// Read, write and copy of boxes in buffers.
#include <cstring>

#include "memory_checks.h"

namespace cipherstream::sim {

namespace {

// A box: bytes by rows by slices from an origin, in memory with these pitches.
struct Box {
  size_t origin[3];
  size_t row_pitch;
  size_t slice_pitch;

  size_t at(size_t row, size_t slice) const {
    return (origin[2] + slice) * slice_pitch + (origin[1] + row) * row_pitch + origin[0];
  }
};

struct Region {
  size_t bytes;
  size_t rows;
  size_t slices;
};

Region region_of(const size_t *region) {
  require(region != nullptr && region[0] > 0 && region[1] > 0 && region[2] > 0, CL_INVALID_VALUE);
  return {region[0], region[1], region[2]};
}

// Pitches of 0 stand for those of the region; throws CL_INVALID_VALUE.
Box box_of(const size_t *origin, size_t row_pitch, size_t slice_pitch, const Region &r) {
  require(origin != nullptr, CL_INVALID_VALUE);
  Box box{{origin[0], origin[1], origin[2]}, row_pitch == 0 ? r.bytes : row_pitch, slice_pitch};
  require(box.row_pitch >= r.bytes, CL_INVALID_VALUE);
  size_t least = 0;
  require(!__builtin_mul_overflow(r.rows, box.row_pitch, &least), CL_INVALID_VALUE);
  if (slice_pitch == 0) box.slice_pitch = least;
  require(box.slice_pitch >= least && box.slice_pitch % box.row_pitch == 0, CL_INVALID_VALUE);
  return box;
}

// The last byte lies in the buffer, computed without overflow.
void check_inside(cl_mem buffer, const Box &box, const Region &r) {
  size_t slices = 0;
  size_t rows = 0;
  size_t end = 0;
  const bool overflow = __builtin_add_overflow(box.origin[2], r.slices - 1, &slices) ||
                        __builtin_mul_overflow(slices, box.slice_pitch, &slices) ||
                        __builtin_add_overflow(box.origin[1], r.rows - 1, &rows) ||
                        __builtin_mul_overflow(rows, box.row_pitch, &rows) ||
                        __builtin_add_overflow(slices, rows, &end) ||
                        __builtin_add_overflow(end, box.origin[0], &end) || __builtin_add_overflow(end, r.bytes, &end);
  require(!overflow && end <= buffer->bytes, CL_INVALID_VALUE);
}

void copy(std::byte *to, const Box &to_box, const std::byte *from, const Box &from_box, const Region &r) {
  for (size_t slice = 0; slice < r.slices; slice++) {
    for (size_t row = 0; row < r.rows; row++) {
      std::memcpy(to + to_box.at(row, slice), from + from_box.at(row, slice), r.bytes);
    }
  }
}

cl_int read_rectangle(cl_command_queue queue, cl_mem buffer, cl_bool blocking, const size_t *buffer_origin,
                      const size_t *host_origin, const size_t *region, size_t row_pitch, size_t slice_pitch,
                      size_t host_row_pitch, size_t host_slice_pitch, void *to, cl_uint count, const cl_event *events,
                      cl_event *event) {
  return guarded([&] {
    check_buffer(queue, buffer);
    require(to != nullptr, CL_INVALID_VALUE);
    const Region r = region_of(region);
    const Box box = box_of(buffer_origin, row_pitch, slice_pitch, r);
    const Box host = box_of(host_origin, host_row_pitch, host_slice_pitch, r);
    check_inside(buffer, box, r);
    require((buffer->flags & (CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_NO_ACCESS)) == 0, CL_INVALID_OPERATION);
    submit(queue, CL_COMMAND_READ_BUFFER_RECT, wait_list(queue->context.get(), count, events), blocking != CL_FALSE,
           event, [device = queue->device, buffer = Ref(buffer), box, host, r, to] {
             copy(static_cast<std::byte *>(to), host, buffer->bytes_on(device), box, r);
             return Outcome{};
           });
  });
}

cl_int write_rectangle(cl_command_queue queue, cl_mem buffer, cl_bool blocking, const size_t *buffer_origin,
                       const size_t *host_origin, const size_t *region, size_t row_pitch, size_t slice_pitch,
                       size_t host_row_pitch, size_t host_slice_pitch, const void *from, cl_uint count,
                       const cl_event *events, cl_event *event) {
  return guarded([&] {
    check_buffer(queue, buffer);
    require(from != nullptr, CL_INVALID_VALUE);
    const Region r = region_of(region);
    const Box box = box_of(buffer_origin, row_pitch, slice_pitch, r);
    const Box host = box_of(host_origin, host_row_pitch, host_slice_pitch, r);
    check_inside(buffer, box, r);
    require((buffer->flags & (CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS)) == 0, CL_INVALID_OPERATION);
    submit(queue, CL_COMMAND_WRITE_BUFFER_RECT, wait_list(queue->context.get(), count, events), blocking != CL_FALSE,
           event, [device = queue->device, buffer = Ref(buffer), box, host, r, from] {
             copy(buffer->bytes_on(device), box, static_cast<const std::byte *>(from), host, r);
             return Outcome{};
           });
  });
}

// Whether two boxes of the same memory have a byte in common. The rows of a box follow each other and do not meet, so
// one pass over both is enough.
bool overlap(const Box &a, const Box &b, const Region &r) {
  const auto start = [&r](const Box &box, size_t i) { return box.at(i % r.rows, i / r.rows); };
  const size_t count = r.rows * r.slices;
  for (size_t i = 0, j = 0; i < count && j < count;) {
    const size_t first = start(a, i);
    const size_t second = start(b, j);
    if (first < second + r.bytes && second < first + r.bytes) return true;
    (first < second ? i : j)++;
  }
  return false;
}

cl_int copy_rectangle(cl_command_queue queue, cl_mem from, cl_mem to, const size_t *from_origin,
                      const size_t *to_origin, const size_t *region, size_t from_row_pitch, size_t from_slice_pitch,
                      size_t to_row_pitch, size_t to_slice_pitch, cl_uint count, const cl_event *events,
                      cl_event *event) {
  return guarded([&] {
    check_buffer(queue, from);
    check_buffer(queue, to);
    const Region r = region_of(region);
    const Box source = box_of(from_origin, from_row_pitch, from_slice_pitch, r);
    const Box target = box_of(to_origin, to_row_pitch, to_slice_pitch, r);
    check_inside(from, source, r);
    check_inside(to, target, r);
    if (from->root() == to->root()) {
      require(from != to || (source.row_pitch == target.row_pitch && source.slice_pitch == target.slice_pitch),
              CL_INVALID_VALUE);
      Box shifted_source = source;
      Box shifted_target = target;
      shifted_source.origin[0] += from->origin;
      shifted_target.origin[0] += to->origin;
      require(!overlap(shifted_source, shifted_target, r), CL_MEM_COPY_OVERLAP);
    }
    submit(queue, CL_COMMAND_COPY_BUFFER_RECT, wait_list(queue->context.get(), count, events), false, event,
           [device = queue->device, from = Ref(from), to = Ref(to), source, target, r] {
             const std::byte *first = from->bytes_on(device);
             copy(to->bytes_on(device), target, first, source, r);
             return Outcome{};
           });
  });
}

}  // namespace

void fill_rectangles(cl_icd_dispatch &t) {
  t.clEnqueueReadBufferRect = read_rectangle;
  t.clEnqueueWriteBufferRect = write_rectangle;
  t.clEnqueueCopyBufferRect = copy_rectangle;
}

}  // namespace cipherstream::sim
