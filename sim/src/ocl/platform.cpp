// Platform and devices: what they are, and clGet…Info on them.
#include <CL/cl_ext.h>

#include <chrono>
#include <cmath>
#include <cstdio>

#include "api.h"
#include "info.h"

namespace cipherstream::sim {

namespace {

constexpr char kPlatformName[] = "Cipherstream Simulation";
constexpr char kVersion[] = "OpenCL 1.2 Cipherstream simulated cards; kernel times are cycles / clock";
constexpr char kExtensions[] = "cl_khr_icd";
constexpr char kVendor[] = "Cipherstream";
// Sub-buffers begin on a page, as on cards.
constexpr cl_uint kBaseAlignmentBits = 4096 * 8;

cl_platform_id make_platform() {
  auto *made = new _cl_platform_id();
  try {
    const Settings settings = settings_from_environment();
    for (std::uint32_t i = 0; i < settings.cards; i++) {
      made->devices.push_back(std::make_unique<_cl_device_id>(i, settings));
    }
  } catch (const std::invalid_argument &e) {
    std::fprintf(stderr, "Cipherstream Simulation has no device: %s\n", e.what());
  }
  return made;
}

cl_int get_platform_info(cl_platform_id which, cl_platform_info name, size_t bytes, void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(which == nullptr || valid(which), CL_INVALID_PLATFORM);
    const Info info(bytes, value, bytes_ret);
    switch (name) {
      case CL_PLATFORM_PROFILE:
        return info.text("FULL_PROFILE");
      case CL_PLATFORM_VERSION:
        return info.text(kVersion);
      case CL_PLATFORM_NAME:
        return info.text(kPlatformName);
      case CL_PLATFORM_VENDOR:
        return info.text(kVendor);
      case CL_PLATFORM_EXTENSIONS:
        return info.text(kExtensions);
      case CL_PLATFORM_ICD_SUFFIX_KHR:
        return info.text("CSIM");
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

cl_int get_device_ids(cl_platform_id which, cl_device_type type, cl_uint entries, cl_device_id *devices,
                      cl_uint *count) {
  return guarded([&] {
    require(which == nullptr || valid(which), CL_INVALID_PLATFORM);
    constexpr cl_device_type kKnown = CL_DEVICE_TYPE_DEFAULT | CL_DEVICE_TYPE_CPU | CL_DEVICE_TYPE_GPU |
                                      CL_DEVICE_TYPE_ACCELERATOR | CL_DEVICE_TYPE_CUSTOM;
    require(type == CL_DEVICE_TYPE_ALL || (type != 0 && (type & ~kKnown) == 0), CL_INVALID_DEVICE_TYPE);
    require((entries > 0 || devices == nullptr) && (devices != nullptr || count != nullptr), CL_INVALID_VALUE);
    const auto &all = platform()->devices;
    const bool asked = (type & (CL_DEVICE_TYPE_ACCELERATOR | CL_DEVICE_TYPE_DEFAULT)) != 0;
    const std::size_t found = asked ? all.size() : 0;
    if (count != nullptr) *count = static_cast<cl_uint>(found);
    require(found > 0, CL_DEVICE_NOT_FOUND);
    for (std::size_t i = 0; devices != nullptr && i < found && i < entries; i++) devices[i] = all[i].get();
  });
}

// Zero or absent, by type: images, floating point, partitions, what a card's core has not.
bool absent(cl_device_info name, const Info &info) {
  switch (name) {
    case CL_DEVICE_IMAGE_SUPPORT:
    case CL_DEVICE_ERROR_CORRECTION_SUPPORT:
    case CL_DEVICE_HOST_UNIFIED_MEMORY:
    case CL_DEVICE_COMPILER_AVAILABLE:
    case CL_DEVICE_LINKER_AVAILABLE:
      info.value<cl_bool>(CL_FALSE);
      return true;
    case CL_DEVICE_MAX_READ_IMAGE_ARGS:
    case CL_DEVICE_MAX_WRITE_IMAGE_ARGS:
    case CL_DEVICE_MAX_SAMPLERS:
    case CL_DEVICE_PREFERRED_VECTOR_WIDTH_DOUBLE:
    case CL_DEVICE_PREFERRED_VECTOR_WIDTH_HALF:
    case CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE:
    case CL_DEVICE_NATIVE_VECTOR_WIDTH_HALF:
    case CL_DEVICE_PARTITION_MAX_SUB_DEVICES:
    case CL_DEVICE_REFERENCE_COUNT:
      info.value<cl_uint>(name == CL_DEVICE_REFERENCE_COUNT ? 1 : 0);
      return true;
    case CL_DEVICE_IMAGE2D_MAX_WIDTH:
    case CL_DEVICE_IMAGE2D_MAX_HEIGHT:
    case CL_DEVICE_IMAGE3D_MAX_WIDTH:
    case CL_DEVICE_IMAGE3D_MAX_HEIGHT:
    case CL_DEVICE_IMAGE3D_MAX_DEPTH:
    case CL_DEVICE_IMAGE_MAX_BUFFER_SIZE:
    case CL_DEVICE_IMAGE_MAX_ARRAY_SIZE:
      info.value<size_t>(0);
      return true;
    case CL_DEVICE_HALF_FP_CONFIG:
    case CL_DEVICE_SINGLE_FP_CONFIG:
    case CL_DEVICE_DOUBLE_FP_CONFIG:
      info.value<cl_device_fp_config>(0);
      return true;
    case CL_DEVICE_PARTITION_AFFINITY_DOMAIN:
      info.value<cl_device_affinity_domain>(0);
      return true;
    case CL_DEVICE_PARENT_DEVICE:
      info.value<cl_device_id>(nullptr);
      return true;
    case CL_DEVICE_PARTITION_PROPERTIES:
    case CL_DEVICE_PARTITION_TYPE:
      info.value<cl_device_partition_property>(0);
      return true;
    default:
      return false;
  }
}

bool text(cl_device_id device, cl_device_info name, const Info &info) {
  switch (name) {
    case CL_DEVICE_NAME:
      info.text("cipherstream-card-" + std::to_string(device->card.index()));
      return true;
    case CL_DEVICE_VENDOR:
      info.text(kVendor);
      return true;
    case CL_DRIVER_VERSION:
      info.text("1");
      return true;
    case CL_DEVICE_PROFILE:
      info.text("FULL_PROFILE");
      return true;
    case CL_DEVICE_VERSION:
      info.text(kVersion);
      return true;
    case CL_DEVICE_OPENCL_C_VERSION:
      info.text("OpenCL C 1.2");
      return true;
    case CL_DEVICE_EXTENSIONS:
    case CL_DEVICE_BUILT_IN_KERNELS:
      info.text("");
      return true;
    default:
      return false;
  }
}

cl_uint uint_of(cl_device_id device, cl_device_info name) {
  switch (name) {
    case CL_DEVICE_VENDOR_ID:
      return 0x4353;
    case CL_DEVICE_MAX_COMPUTE_UNITS:
      return device->card.units();
    case CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS:
      return 3;
    case CL_DEVICE_PREFERRED_VECTOR_WIDTH_CHAR:
    case CL_DEVICE_PREFERRED_VECTOR_WIDTH_SHORT:
    case CL_DEVICE_PREFERRED_VECTOR_WIDTH_INT:
    case CL_DEVICE_PREFERRED_VECTOR_WIDTH_LONG:
    case CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT:
    case CL_DEVICE_NATIVE_VECTOR_WIDTH_CHAR:
    case CL_DEVICE_NATIVE_VECTOR_WIDTH_SHORT:
    case CL_DEVICE_NATIVE_VECTOR_WIDTH_INT:
    case CL_DEVICE_NATIVE_VECTOR_WIDTH_LONG:
    case CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT:
      return 1;
    case CL_DEVICE_MAX_CLOCK_FREQUENCY:
      return static_cast<cl_uint>(std::lround(device->card.clock_mhz()));
    case CL_DEVICE_ADDRESS_BITS:
      return 64;
    case CL_DEVICE_MEM_BASE_ADDR_ALIGN:
      return kBaseAlignmentBits;
    case CL_DEVICE_MIN_DATA_TYPE_ALIGN_SIZE:
      return 128;
    case CL_DEVICE_GLOBAL_MEM_CACHELINE_SIZE:
      return CARD_LINE_BYTES;
    case CL_DEVICE_MAX_CONSTANT_ARGS:
      return 8;
    default:
      fail(CL_INVALID_VALUE);
  }
}

cl_int get_device_info(cl_device_id device, cl_device_info name, size_t bytes, void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(valid(device), CL_INVALID_DEVICE);
    const Info info(bytes, value, bytes_ret);
    if (absent(name, info) || text(device, name, info)) return;
    const cl_ulong memory = device->card.settings().memory_bytes;
    switch (name) {
      case CL_DEVICE_TYPE:
        return info.value<cl_device_type>(CL_DEVICE_TYPE_ACCELERATOR);
      case CL_DEVICE_MAX_WORK_ITEM_SIZES:
        return info.list(std::vector<size_t>{1, 1, 1});
      case CL_DEVICE_MAX_WORK_GROUP_SIZE:
        return info.value<size_t>(1);
      case CL_DEVICE_MAX_PARAMETER_SIZE:
        return info.value<size_t>(1024);
      case CL_DEVICE_PROFILING_TIMER_RESOLUTION:
        return info.value<size_t>(1);
      case CL_DEVICE_PRINTF_BUFFER_SIZE:
        return info.value<size_t>(0);
      case CL_DEVICE_MAX_MEM_ALLOC_SIZE:
      case CL_DEVICE_GLOBAL_MEM_SIZE:
        return info.value<cl_ulong>(memory);
      case CL_DEVICE_GLOBAL_MEM_CACHE_SIZE:
      case CL_DEVICE_LOCAL_MEM_SIZE:
        return info.value<cl_ulong>(0);
      case CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE:
        return info.value<cl_ulong>(65536);
      case CL_DEVICE_GLOBAL_MEM_CACHE_TYPE:
        return info.value<cl_device_mem_cache_type>(CL_NONE);
      case CL_DEVICE_LOCAL_MEM_TYPE:
        return info.value<cl_device_local_mem_type>(CL_NONE);
      case CL_DEVICE_ENDIAN_LITTLE:
      case CL_DEVICE_AVAILABLE:
      case CL_DEVICE_PREFERRED_INTEROP_USER_SYNC:
        return info.value<cl_bool>(CL_TRUE);
      case CL_DEVICE_EXECUTION_CAPABILITIES:
        return info.value<cl_device_exec_capabilities>(CL_EXEC_KERNEL);
      case CL_DEVICE_QUEUE_PROPERTIES:
        return info.value<cl_command_queue_properties>(CL_QUEUE_PROFILING_ENABLE);
      case CL_DEVICE_PLATFORM:
        return info.value<cl_platform_id>(platform());
      default:
        return info.value<cl_uint>(uint_of(device, name));
    }
  });
}

cl_int create_sub_devices(cl_device_id device, const cl_device_partition_property *properties, cl_uint, cl_device_id *,
                          cl_uint *) {
  if (!valid(device)) return CL_INVALID_DEVICE;
  return properties == nullptr ? CL_INVALID_VALUE : CL_DEVICE_PARTITION_FAILED;
}

// Root devices live as long as the platform: counting changes nothing.
cl_int keep_device(cl_device_id device) { return valid(device) ? CL_SUCCESS : CL_INVALID_DEVICE; }

void *get_function_address(const char *) { return nullptr; }

void *get_function_address_for_platform(cl_platform_id, const char *) { return nullptr; }

}  // namespace

cl_int platform_ids(cl_uint entries, cl_platform_id *platforms, cl_uint *count) {
  if ((entries == 0 && platforms != nullptr) || (platforms == nullptr && count == nullptr)) return CL_INVALID_VALUE;
  return guarded([&] {
    if (platforms != nullptr) platforms[0] = platform();
    if (count != nullptr) *count = 1;
  });
}

cl_platform_id platform() {
  static cl_platform_id made = make_platform();
  return made;
}

std::uint64_t clock_nanos() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

void fill_platform(cl_icd_dispatch &t) {
  t.clGetPlatformIDs = platform_ids;
  t.clGetPlatformInfo = get_platform_info;
  t.clGetDeviceIDs = get_device_ids;
  t.clGetDeviceInfo = get_device_info;
  t.clCreateSubDevices = create_sub_devices;
  t.clRetainDevice = keep_device;
  t.clReleaseDevice = keep_device;
  t.clGetExtensionFunctionAddress = get_function_address;
  t.clGetExtensionFunctionAddressForPlatform = get_function_address_for_platform;
}

}  // namespace cipherstream::sim
