// Buffers and sub-buffers.
#include <algorithm>
#include <cstring>

#include "api.h"
#include "info.h"

using namespace cipherstream::sim;

namespace {

constexpr std::size_t kSubBufferAlignment = 4096;

}  // namespace

_cl_mem::_cl_mem(cl_context context, cl_mem_flags flags, std::size_t bytes, void *host_ptr)
    : Handle(kKind), context(context), flags(flags), bytes(bytes), host_ptr(host_ptr) {}

_cl_mem::_cl_mem(cl_mem parent, cl_mem_flags flags, std::size_t origin, std::size_t bytes)
    : Handle(kKind),
      context(parent->context),
      parent(parent),
      flags(flags),
      bytes(bytes),
      origin(origin),
      host_ptr(parent->host_ptr == nullptr ? nullptr : static_cast<char *>(parent->host_ptr) + origin) {}

_cl_mem::~_cl_mem() {
  for (auto d = destructors.rbegin(); d != destructors.rend(); ++d) d->first(this, d->second);
  for (const Mapping &m : mappings) {
    if (m.owned) std::free(m.pointer);
  }
  for (const Placement &p : placements) p.device->card.memory().free(p.address);
}

std::uint64_t _cl_mem::address_on(cl_device_id device) {
  if (parent) return parent->address_on(device) + origin;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto at = [this](cl_device_id d) {
    return std::find_if(placements.begin(), placements.end(), [d](const Placement &p) { return p.device == d; });
  };
  if (at(device) == placements.end()) {
    const std::uint64_t address = device->card.memory().allocate(bytes, context->owner(device));
    require(address != 0, CL_MEM_OBJECT_ALLOCATION_FAILURE);
    placements.push_back({device, address});
  }
  const std::uint64_t address = at(device)->address;
  if (home != nullptr && home != device) {
    std::memcpy(device->card.memory().at(address), home->card.memory().at(at(home)->address), bytes);
  }
  home = device;
  return address;
}

std::byte *_cl_mem::bytes_on(cl_device_id device) { return device->card.memory().at(address_on(device)); }

namespace cipherstream::sim {

namespace {

constexpr cl_mem_flags kDeviceAccess = CL_MEM_READ_WRITE | CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY;
constexpr cl_mem_flags kHostAccess = CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_NO_ACCESS;
constexpr cl_mem_flags kHostPointer = CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR;

bool at_most_one(cl_mem_flags flags) { return (flags & (flags - 1)) == 0; }

void check_flags(cl_mem_flags flags) {
  require((flags & ~(kDeviceAccess | kHostAccess | kHostPointer)) == 0 && at_most_one(flags & kDeviceAccess) &&
              at_most_one(flags & kHostAccess),
          CL_INVALID_VALUE);
  require((flags & CL_MEM_USE_HOST_PTR) == 0 || (flags & (CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR)) == 0,
          CL_INVALID_VALUE);
}

cl_mem create_buffer(cl_context context, cl_mem_flags flags, size_t bytes, void *host_ptr, cl_int *code) {
  return created(code, [&] {
    require(valid(context), CL_INVALID_CONTEXT);
    check_flags(flags);
    std::uint64_t most = 0;
    for (cl_device_id d : context->devices) most = std::max(most, d->card.settings().memory_bytes);
    require(bytes > 0 && bytes <= most, CL_INVALID_BUFFER_SIZE);
    const bool reads_host = (flags & (CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR)) != 0;
    require(reads_host == (host_ptr != nullptr), CL_INVALID_HOST_PTR);
    const bool keeps_host = (flags & CL_MEM_USE_HOST_PTR) != 0;
    if ((flags & kDeviceAccess) == 0) flags |= CL_MEM_READ_WRITE;
    auto buffer = std::make_unique<_cl_mem>(context, flags, bytes, keeps_host ? host_ptr : nullptr);
    std::byte *first = buffer->bytes_on(context->devices.front());
    if (host_ptr != nullptr) std::memcpy(first, host_ptr, bytes);
    return buffer.release();
  });
}

cl_mem create_sub_buffer(cl_mem parent, cl_mem_flags flags, cl_buffer_create_type type, const void *region_ptr,
                         cl_int *code) {
  return created(code, [&] {
    require(valid(parent) && !parent->parent, CL_INVALID_MEM_OBJECT);
    require(type == CL_BUFFER_CREATE_TYPE_REGION && region_ptr != nullptr, CL_INVALID_VALUE);
    require((flags & kHostPointer) == 0, CL_INVALID_VALUE);
    check_flags(flags);
    const auto region = *static_cast<const cl_buffer_region *>(region_ptr);
    require(region.origin <= parent->bytes && region.size <= parent->bytes - region.origin, CL_INVALID_VALUE);
    require(region.size > 0, CL_INVALID_BUFFER_SIZE);
    require(region.origin % kSubBufferAlignment == 0, CL_MISALIGNED_SUB_BUFFER_OFFSET);
    const cl_mem_flags access = flags & kDeviceAccess;
    const cl_mem_flags over = parent->flags & kDeviceAccess;
    require(access == 0 || access == over || over == CL_MEM_READ_WRITE, CL_INVALID_VALUE);
    const cl_mem_flags host = flags & kHostAccess;
    const cl_mem_flags host_over = parent->flags & kHostAccess;
    require(host == 0 || host == host_over || host_over == 0 || host == CL_MEM_HOST_NO_ACCESS, CL_INVALID_VALUE);
    const cl_mem_flags all =
        (access == 0 ? over : access) | (host == 0 ? host_over : host) | (parent->flags & kHostPointer);
    return new _cl_mem(parent, all, region.origin, region.size);
  });
}

cl_int retain_memory(cl_mem memory) { return retained(memory, CL_INVALID_MEM_OBJECT); }
cl_int release_memory(cl_mem memory) { return released(memory, CL_INVALID_MEM_OBJECT); }

cl_int get_memory_info(cl_mem memory, cl_mem_info name, size_t bytes, void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(valid(memory), CL_INVALID_MEM_OBJECT);
    const Info info(bytes, value, bytes_ret);
    switch (name) {
      case CL_MEM_TYPE:
        return info.value<cl_mem_object_type>(CL_MEM_OBJECT_BUFFER);
      case CL_MEM_FLAGS:
        return info.value<cl_mem_flags>(memory->flags);
      case CL_MEM_SIZE:
        return info.value<size_t>(memory->bytes);
      case CL_MEM_HOST_PTR:
        return info.value<void *>(memory->host_ptr);
      case CL_MEM_MAP_COUNT: {
        const std::lock_guard<std::mutex> lock(memory->mutex);
        return info.value<cl_uint>(static_cast<cl_uint>(memory->mappings.size()));
      }
      case CL_MEM_REFERENCE_COUNT:
        return info.value<cl_uint>(memory->references);
      case CL_MEM_CONTEXT:
        return info.value<cl_context>(memory->context.get());
      case CL_MEM_ASSOCIATED_MEMOBJECT:
        return info.value<cl_mem>(memory->parent.get());
      case CL_MEM_OFFSET:
        return info.value<size_t>(memory->origin);
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

cl_int set_destructor_callback(cl_mem memory, void(CL_CALLBACK *function)(cl_mem, void *), void *data) {
  return guarded([&] {
    require(valid(memory), CL_INVALID_MEM_OBJECT);
    require(function != nullptr, CL_INVALID_VALUE);
    const std::lock_guard<std::mutex> lock(memory->mutex);
    memory->destructors.emplace_back(function, data);
  });
}

cl_int get_image_formats(cl_context context, cl_mem_flags, cl_mem_object_type, cl_uint entries,
                         cl_image_format *formats, cl_uint *count) {
  if (!valid(context)) return CL_INVALID_CONTEXT;
  if (entries == 0 && formats != nullptr) return CL_INVALID_VALUE;
  if (count != nullptr) *count = 0;
  return CL_SUCCESS;
}

}  // namespace

void fill_memory(cl_icd_dispatch &t) {
  t.clCreateBuffer = create_buffer;
  t.clCreateSubBuffer = create_sub_buffer;
  t.clRetainMemObject = retain_memory;
  t.clReleaseMemObject = release_memory;
  t.clGetMemObjectInfo = get_memory_info;
  t.clSetMemObjectDestructorCallback = set_destructor_callback;
  t.clGetSupportedImageFormats = get_image_formats;
}

}  // namespace cipherstream::sim
