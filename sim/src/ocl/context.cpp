#include <algorithm>
#include <cstdio>

#include "api.h"
#include "info.h"

_cl_context::~_cl_context() {
  for (std::size_t i = 0; i < owners.size(); i++) devices[i]->card.memory().free_owner(owners[i]);
}

std::uint8_t _cl_context::owner(const _cl_device_id *device) const {
  const auto found = std::find(devices.begin(), devices.end(), device);
  return owners.at(static_cast<std::size_t>(found - devices.begin()));
}

void _cl_context::notify(const std::string &message) const {
  std::fprintf(stderr, "Cipherstream Simulation: %s\n", message.c_str());
  if (notification != nullptr) notification(message.c_str(), nullptr, 0, notification_data);
}

namespace cipherstream::sim {

namespace {

using Notification = void(CL_CALLBACK *)(const char *, const void *, std::size_t, void *);

// The list with its final zero; throws CL_INVALID_PROPERTY or CL_INVALID_PLATFORM.
std::vector<cl_context_properties> checked(const cl_context_properties *properties) {
  std::vector<cl_context_properties> list;
  for (bool platform_seen = false, sync_seen = false; properties != nullptr && *properties != 0; properties += 2) {
    if (properties[0] == CL_CONTEXT_PLATFORM && !std::exchange(platform_seen, true)) {
      require(valid(reinterpret_cast<cl_platform_id>(properties[1])), CL_INVALID_PLATFORM);
    } else {
      require(properties[0] == CL_CONTEXT_INTEROP_USER_SYNC && !std::exchange(sync_seen, true), CL_INVALID_PROPERTY);
    }
    list.insert(list.end(), {properties[0], properties[1]});
  }
  if (!list.empty()) list.push_back(0);
  return list;
}

cl_context make(const cl_context_properties *properties, std::vector<cl_device_id> devices, Notification notification,
                void *data) {
  require(notification != nullptr || data == nullptr, CL_INVALID_VALUE);
  auto context = std::make_unique<_cl_context>();
  context->properties = checked(properties);
  for (cl_device_id device : devices) {
    require(valid(device), CL_INVALID_DEVICE);
    if (std::find(context->devices.begin(), context->devices.end(), device) != context->devices.end()) continue;
    const std::uint8_t owner = device->card.memory().take_owner();
    require(owner != 0, CL_OUT_OF_RESOURCES);
    context->devices.push_back(device);
    context->owners.push_back(owner);
  }
  context->notification = notification;
  context->notification_data = data;
  return context.release();
}

cl_context create_context(const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
                          Notification notification, void *data, cl_int *code) {
  return created(code, [&] {
    require(count > 0 && devices != nullptr, CL_INVALID_VALUE);
    return make(properties, {devices, devices + count}, notification, data);
  });
}

cl_context create_context_from_type(const cl_context_properties *properties, cl_device_type type,
                                    Notification notification, void *data, cl_int *code) {
  return created(code, [&] {
    cl_uint count = 0;
    cl_int found = kDispatch.clGetDeviceIDs(platform(), type, 0, nullptr, &count);
    require(found == CL_SUCCESS, found);
    std::vector<cl_device_id> devices(count);
    found = kDispatch.clGetDeviceIDs(platform(), type, count, devices.data(), nullptr);
    require(found == CL_SUCCESS, found);
    return make(properties, devices, notification, data);
  });
}

cl_int retain_context(cl_context context) { return retained(context, CL_INVALID_CONTEXT); }
cl_int release_context(cl_context context) { return released(context, CL_INVALID_CONTEXT); }

cl_int get_context_info(cl_context context, cl_context_info name, size_t bytes, void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(valid(context), CL_INVALID_CONTEXT);
    const Info info(bytes, value, bytes_ret);
    switch (name) {
      case CL_CONTEXT_REFERENCE_COUNT:
        return info.value<cl_uint>(context->references);
      case CL_CONTEXT_NUM_DEVICES:
        return info.value<cl_uint>(static_cast<cl_uint>(context->devices.size()));
      case CL_CONTEXT_DEVICES:
        return info.list(context->devices);
      case CL_CONTEXT_PROPERTIES:
        return info.list(context->properties);
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

}  // namespace

void fill_context(cl_icd_dispatch &t) {
  t.clCreateContext = create_context;
  t.clCreateContextFromType = create_context_from_type;
  t.clRetainContext = retain_context;
  t.clReleaseContext = release_context;
  t.clGetContextInfo = get_context_info;
}

}  // namespace cipherstream::sim
