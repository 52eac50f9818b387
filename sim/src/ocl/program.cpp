// Programs: device images on cards. There is no compiler.
#include <algorithm>
#include <cstdio>

#include "api.h"
#include "info.h"

_cl_program::~_cl_program() {
  if (!image) return;
  for (cl_device_id device : devices) device->card.unprogram();
}

std::pair<const cipherstream::sim::KernelSignature *, std::uint32_t> _cl_program::find(const std::string &name) const {
  using cipherstream::sim::fail;
  const std::size_t colon = name.find(':');
  const std::string kernel = name.substr(0, colon);
  for (const auto &signature : image->kernels) {
    if (signature.name != kernel) continue;
    if (colon == std::string::npos) return {&signature, 0};
    const std::uint32_t units = devices.front()->card.settings().units;
    for (std::uint32_t unit = 1; unit <= units; unit++) {
      if (name == kernel + ":{" + kernel + "_" + std::to_string(unit) + "}") return {&signature, unit};
    }
  }
  fail(CL_INVALID_KERNEL_NAME);
}

namespace cipherstream::sim {

namespace {

std::shared_ptr<const DeviceImage> parsed(cl_context context, const unsigned char *bytes, std::size_t count,
                                          cl_int &status) {
  try {
    return std::make_shared<const DeviceImage>(parse_image(bytes, count));
  } catch (const ImageError &e) {
    context->notify(e.what());
    status = CL_INVALID_BINARY;
    fail(CL_INVALID_BINARY);
  }
}

void load(_cl_program &program, cl_device_id device, cl_int &status) {
  try {
    device->card.program(program.image);
    program.devices.push_back(device);
    status = CL_SUCCESS;
  } catch (const ImageError &e) {
    program.context->notify(e.what());
    status = CL_INVALID_BINARY;
  } catch (const CardBusy &e) {
    program.context->notify(e.what());
    status = CL_OUT_OF_RESOURCES;
  }
  require(status == CL_SUCCESS, status);
}

void check_members(cl_context context, cl_uint count, const cl_device_id *devices) {
  require(count > 0 && devices != nullptr, CL_INVALID_VALUE);
  for (cl_uint i = 0; i < count; i++) {
    require(std::find(context->devices.begin(), context->devices.end(), devices[i]) != context->devices.end(),
            CL_INVALID_DEVICE);
  }
}

cl_program create_with_binary(cl_context context, cl_uint count, const cl_device_id *devices, const size_t *lengths,
                              const unsigned char **binaries, cl_int *statuses, cl_int *code) {
  return created(code, [&] {
    require(valid(context), CL_INVALID_CONTEXT);
    check_members(context, count, devices);
    require(lengths != nullptr && binaries != nullptr, CL_INVALID_VALUE);
    std::vector<cl_int> found(count, CL_SUCCESS);
    const auto tell = [&] {
      if (statuses != nullptr) std::copy(found.begin(), found.end(), statuses);
    };
    for (cl_uint i = 0; i < count; i++) {
      if (lengths[i] == 0 || binaries[i] == nullptr) found[i] = CL_INVALID_VALUE;
    }
    tell();
    for (const cl_int one : found) require(one == CL_SUCCESS, one);
    auto program = std::make_unique<_cl_program>(context);
    try {
      for (cl_uint i = 0; i < count; i++) {
        auto image = parsed(context, binaries[i], lengths[i], found[i]);
        if (program->image && program->image->digest != image->digest) {
          context->notify("a program takes one image for all its devices");
          found[i] = CL_INVALID_BINARY;
          fail(CL_INVALID_BINARY);
        }
        if (!program->image) program->image = std::move(image);
        load(*program, devices[i], found[i]);
      }
    } catch (...) {
      tell();
      throw;
    }
    program->log = "image " + program->image->configuration + ", model " + program->image->model;
    return program.release();
  });
}

cl_program create_with_source(cl_context context, cl_uint count, const char **strings, const size_t *lengths,
                              cl_int *code) {
  return created(code, [&] {
    require(valid(context), CL_INVALID_CONTEXT);
    require(count > 0 && strings != nullptr, CL_INVALID_VALUE);
    auto program = std::make_unique<_cl_program>(context);
    for (cl_uint i = 0; i < count; i++) {
      require(strings[i] != nullptr, CL_INVALID_VALUE);
      const bool counted = lengths != nullptr && lengths[i] != 0;
      program->source += counted ? std::string(strings[i], lengths[i]) : std::string(strings[i]);
    }
    program->devices = context->devices;
    return program.release();
  });
}

void check_build(cl_program program, cl_uint count, const cl_device_id *devices) {
  require(valid(program), CL_INVALID_PROGRAM);
  require((count == 0) == (devices == nullptr), CL_INVALID_VALUE);
  for (cl_uint i = 0; i < count; i++) {
    require(std::find(program->devices.begin(), program->devices.end(), devices[i]) != program->devices.end(),
            CL_INVALID_DEVICE);
  }
}

using ProgramCallback = void(CL_CALLBACK *)(cl_program, void *);

cl_int build_program(cl_program program, cl_uint count, const cl_device_id *devices, const char *,
                     ProgramCallback callback, void *data) {
  return guarded([&] {
    check_build(program, count, devices);
    require(callback != nullptr || data == nullptr, CL_INVALID_VALUE);
    require(program->image != nullptr, CL_COMPILER_NOT_AVAILABLE);
    {
      const std::lock_guard<std::mutex> lock(program->mutex);
      require(program->kernels == 0, CL_INVALID_OPERATION);
      program->build = CL_BUILD_SUCCESS;
    }
    if (callback != nullptr) callback(program, data);
  });
}

cl_int compile_program(cl_program program, cl_uint count, const cl_device_id *devices, const char *, cl_uint,
                       const cl_program *, const char **, ProgramCallback, void *) {
  return guarded([&] {
    check_build(program, count, devices);
    fail(CL_COMPILER_NOT_AVAILABLE);
  });
}

cl_program link_program(cl_context context, cl_uint, const cl_device_id *, const char *, cl_uint, const cl_program *,
                        ProgramCallback, void *, cl_int *code) {
  return created(code, [&]() -> cl_program {
    require(valid(context), CL_INVALID_CONTEXT);
    fail(CL_LINKER_NOT_AVAILABLE);
  });
}

cl_int unload_compiler() { return CL_SUCCESS; }
cl_int unload_platform_compiler(cl_platform_id which) { return valid(which) ? CL_SUCCESS : CL_INVALID_PLATFORM; }
cl_int retain_program(cl_program program) { return retained(program, CL_INVALID_PROGRAM); }
cl_int release_program(cl_program program) { return released(program, CL_INVALID_PROGRAM); }

std::string kernel_names(const _cl_program &program) {
  std::string names;
  for (const auto &k : program.image->kernels) names += (names.empty() ? "" : ";") + k.name;
  return names;
}

// Copies the image to each of the caller's pointers that is not null.
void binaries(const _cl_program &program, const Info &info, std::size_t bytes) {
  const std::size_t size = program.devices.size() * sizeof(unsigned char *);
  auto **space = static_cast<unsigned char **>(info.space());
  std::vector<unsigned char *> pointers(program.devices.size());
  if (space != nullptr && bytes >= size) std::copy(space, space + pointers.size(), pointers.begin());
  info.bytes(pointers.data(), size);
  if (space == nullptr || !program.image) return;
  for (unsigned char *to : pointers) {
    if (to != nullptr) std::memcpy(to, program.image->bytes.data(), program.image->bytes.size());
  }
}

cl_int get_program_info(cl_program program, cl_program_info name, size_t bytes, void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(valid(program), CL_INVALID_PROGRAM);
    const Info info(bytes, value, bytes_ret);
    const size_t image_bytes = program->image ? program->image->bytes.size() : 0;
    switch (name) {
      case CL_PROGRAM_REFERENCE_COUNT:
        return info.value<cl_uint>(program->references);
      case CL_PROGRAM_CONTEXT:
        return info.value<cl_context>(program->context.get());
      case CL_PROGRAM_NUM_DEVICES:
        return info.value<cl_uint>(static_cast<cl_uint>(program->devices.size()));
      case CL_PROGRAM_DEVICES:
        return info.list(program->devices);
      case CL_PROGRAM_SOURCE:
        return info.text(program->source);
      case CL_PROGRAM_BINARY_SIZES:
        return info.list(std::vector<size_t>(program->devices.size(), image_bytes));
      case CL_PROGRAM_BINARIES:
        return binaries(*program, info, bytes);
      case CL_PROGRAM_NUM_KERNELS:
      case CL_PROGRAM_KERNEL_NAMES:
        require(program->image != nullptr, CL_INVALID_PROGRAM_EXECUTABLE);
        return name == CL_PROGRAM_NUM_KERNELS ? info.value<size_t>(program->image->kernels.size())
                                              : info.text(kernel_names(*program));
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

cl_int get_build_info(cl_program program, cl_device_id device, cl_program_build_info name, size_t bytes, void *value,
                      size_t *bytes_ret) {
  return guarded([&] {
    require(valid(program), CL_INVALID_PROGRAM);
    require(std::find(program->devices.begin(), program->devices.end(), device) != program->devices.end(),
            CL_INVALID_DEVICE);
    const Info info(bytes, value, bytes_ret);
    const std::lock_guard<std::mutex> lock(program->mutex);
    switch (name) {
      case CL_PROGRAM_BUILD_STATUS:
        return info.value<cl_build_status>(program->build);
      case CL_PROGRAM_BUILD_OPTIONS:
        return info.text("");
      case CL_PROGRAM_BUILD_LOG:
        return info.text(program->log);
      case CL_PROGRAM_BINARY_TYPE:
        return info.value<cl_program_binary_type>(program->image ? CL_PROGRAM_BINARY_TYPE_EXECUTABLE
                                                                 : CL_PROGRAM_BINARY_TYPE_NONE);
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

}  // namespace

void fill_program(cl_icd_dispatch &t) {
  t.clCreateProgramWithSource = create_with_source;
  t.clCreateProgramWithBinary = create_with_binary;
  t.clBuildProgram = build_program;
  t.clCompileProgram = compile_program;
  t.clLinkProgram = link_program;
  t.clUnloadCompiler = unload_compiler;
  t.clUnloadPlatformCompiler = unload_platform_compiler;
  t.clRetainProgram = retain_program;
  t.clReleaseProgram = release_program;
  t.clGetProgramInfo = get_program_info;
  t.clGetProgramBuildInfo = get_build_info;
}

}  // namespace cipherstream::sim
