// Kernels, their arguments, and running them on a card.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "api.h"
#include "info.h"

namespace cipherstream::sim {

namespace {

void check_executable(cl_program program) {
  require(valid(program), CL_INVALID_PROGRAM);
  const std::lock_guard<std::mutex> lock(program->mutex);
  require(program->image != nullptr && program->build == CL_BUILD_SUCCESS, CL_INVALID_PROGRAM_EXECUTABLE);
}

cl_kernel create_kernel(cl_program program, const char *name, cl_int *code) {
  return created(code, [&] {
    check_executable(program);
    require(name != nullptr, CL_INVALID_VALUE);
    const auto [signature, unit] = program->find(name);
    return new _cl_kernel(program, *signature, unit);
  });
}

cl_int create_kernels(cl_program program, cl_uint entries, cl_kernel *kernels, cl_uint *count) {
  return guarded([&] {
    check_executable(program);
    const auto &all = program->image->kernels;
    require(kernels == nullptr || entries >= all.size(), CL_INVALID_VALUE);
    for (std::size_t i = 0; kernels != nullptr && i < all.size(); i++) {
      kernels[i] = new _cl_kernel(program, all[i], 0);
    }
    if (count != nullptr) *count = static_cast<cl_uint>(all.size());
  });
}

cl_int retain_kernel(cl_kernel kernel) { return retained(kernel, CL_INVALID_KERNEL); }
cl_int release_kernel(cl_kernel kernel) { return released(kernel, CL_INVALID_KERNEL); }

cl_int set_argument(cl_kernel kernel, cl_uint index, size_t bytes, const void *value) {
  return guarded([&] {
    require(valid(kernel), CL_INVALID_KERNEL);
    require(index < kernel->signature.arguments.size(), CL_INVALID_ARG_INDEX);
    const KernelArgument &argument = kernel->signature.arguments[index];
    ArgumentValue set{true, 0, {}};
    if (argument.pointer) {
      require(bytes == sizeof(cl_mem), CL_INVALID_ARG_SIZE);
      const cl_mem memory = value == nullptr ? nullptr : *static_cast<const cl_mem *>(value);
      if (memory != nullptr) {
        require(valid(memory) && memory->context.get() == kernel->program->context.get(), CL_INVALID_MEM_OBJECT);
        set.memory = Ref<_cl_mem>(memory);
      }
    } else {
      require(value != nullptr, CL_INVALID_ARG_VALUE);
      require(bytes == argument.bits / 8, CL_INVALID_ARG_SIZE);
      std::memcpy(&set.value, value, bytes);
    }
    const std::lock_guard<std::mutex> lock(kernel->mutex);
    kernel->values[index] = std::move(set);
  });
}

cl_int get_kernel_info(cl_kernel kernel, cl_kernel_info name, size_t bytes, void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(valid(kernel), CL_INVALID_KERNEL);
    const Info info(bytes, value, bytes_ret);
    switch (name) {
      case CL_KERNEL_FUNCTION_NAME:
        return info.text(kernel->signature.name);
      case CL_KERNEL_NUM_ARGS:
        return info.value<cl_uint>(static_cast<cl_uint>(kernel->signature.arguments.size()));
      case CL_KERNEL_REFERENCE_COUNT:
        return info.value<cl_uint>(kernel->references);
      case CL_KERNEL_CONTEXT:
        return info.value<cl_context>(kernel->program->context.get());
      case CL_KERNEL_PROGRAM:
        return info.value<cl_program>(kernel->program.get());
      case CL_KERNEL_ATTRIBUTES:
        return info.text("");
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

cl_int get_argument_info(cl_kernel kernel, cl_uint index, cl_kernel_arg_info name, size_t bytes, void *value,
                         size_t *bytes_ret) {
  return guarded([&] {
    require(valid(kernel), CL_INVALID_KERNEL);
    require(index < kernel->signature.arguments.size(), CL_INVALID_ARG_INDEX);
    const KernelArgument &argument = kernel->signature.arguments[index];
    const Info info(bytes, value, bytes_ret);
    switch (name) {
      case CL_KERNEL_ARG_ADDRESS_QUALIFIER:
        return info.value<cl_kernel_arg_address_qualifier>(argument.pointer ? CL_KERNEL_ARG_ADDRESS_GLOBAL
                                                                            : CL_KERNEL_ARG_ADDRESS_PRIVATE);
      case CL_KERNEL_ARG_ACCESS_QUALIFIER:
        return info.value<cl_kernel_arg_access_qualifier>(CL_KERNEL_ARG_ACCESS_NONE);
      case CL_KERNEL_ARG_TYPE_NAME:
        return info.text(argument.pointer ? "ulong*" : argument.bits == 64 ? "ulong" : "uint");
      case CL_KERNEL_ARG_TYPE_QUALIFIER:
        return info.value<cl_kernel_arg_type_qualifier>(CL_KERNEL_ARG_TYPE_NONE);
      case CL_KERNEL_ARG_NAME:
        return info.text(argument.name);
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

cl_int get_work_group_info(cl_kernel kernel, cl_device_id device, cl_kernel_work_group_info name, size_t bytes,
                           void *value, size_t *bytes_ret) {
  return guarded([&] {
    require(valid(kernel), CL_INVALID_KERNEL);
    const auto &devices = kernel->program->devices;
    require((device == nullptr && devices.size() == 1) ||
                std::find(devices.begin(), devices.end(), device) != devices.end(),
            CL_INVALID_DEVICE);
    const Info info(bytes, value, bytes_ret);
    switch (name) {
      case CL_KERNEL_WORK_GROUP_SIZE:
      case CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE:
        return info.value<size_t>(1);
      case CL_KERNEL_COMPILE_WORK_GROUP_SIZE:
        return info.list(std::vector<size_t>{1, 1, 1});
      case CL_KERNEL_LOCAL_MEM_SIZE:
      case CL_KERNEL_PRIVATE_MEM_SIZE:
        return info.value<cl_ulong>(0);
      default:
        fail(CL_INVALID_VALUE);
    }
  });
}

struct Launch {
  Ref<_cl_kernel> kernel;
  cl_device_id device;
  std::vector<ArgumentValue> values;

  Outcome operator()() const;
};

// What the shell writes: both halves of a 64-bit argument, the low one first.
void put(std::vector<card_register> &registers, const KernelArgument &argument, std::uint64_t value) {
  registers.push_back({argument.offset, static_cast<std::uint32_t>(value)});
  if (argument.bits == 64) registers.push_back({argument.offset + 4, static_cast<std::uint32_t>(value >> 32U)});
}

Outcome Launch::operator()() const {
  std::vector<card_register> registers;
  std::uint64_t result_address = 0;
  const auto &arguments = kernel->signature.arguments;
  for (std::size_t i = 0; i < arguments.size(); i++) {
    const cl_mem memory = values[i].memory.get();
    const std::uint64_t value = memory != nullptr ? memory->address_on(device) : values[i].value;
    put(registers, arguments[i], value);
    if (arguments[i].name == "result" && memory != nullptr && memory->bytes >= CARD_LINE_BYTES) result_address = value;
  }
  const _cl_context &context = *kernel->program->context;
  const CardRun run = device->card.run(kernel->unit, registers, context.owner(device), result_address);
  Outcome outcome;
  if (run.report.outcome != CARD_DONE) {
    context.notify(std::string("kernel ") + kernel->signature.name + ": " + run.report.message);
    outcome.status = CL_OUT_OF_RESOURCES;
  }
  outcome.device_nanos =
      static_cast<std::uint64_t>(std::llround(static_cast<double>(run.report.cycles) * 1000.0 / run.clock_mhz));
  return outcome;
}

void launch(cl_command_queue queue, cl_kernel kernel, cl_command_type type, cl_uint count, const cl_event *events,
            cl_event *event) {
  require(valid(queue), CL_INVALID_COMMAND_QUEUE);
  require(valid(kernel), CL_INVALID_KERNEL);
  require(queue->context.get() == kernel->program->context.get(), CL_INVALID_CONTEXT);
  const auto &devices = kernel->program->devices;
  require(std::find(devices.begin(), devices.end(), queue->device) != devices.end(), CL_INVALID_PROGRAM_EXECUTABLE);
  Launch command{Ref<_cl_kernel>(kernel), queue->device, {}};
  {
    const std::lock_guard<std::mutex> lock(kernel->mutex);
    command.values = kernel->values;
  }
  for (const ArgumentValue &value : command.values) require(value.set, CL_INVALID_KERNEL_ARGS);
  submit(queue, type, wait_list(queue->context.get(), count, events), false, event, command);
}

cl_int enqueue_range(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset,
                     const size_t *global, const size_t *local, cl_uint count, const cl_event *events,
                     cl_event *event) {
  return guarded([&] {
    require(valid(queue), CL_INVALID_COMMAND_QUEUE);
    require(valid(kernel), CL_INVALID_KERNEL);
    require(dimensions >= 1 && dimensions <= 3, CL_INVALID_WORK_DIMENSION);
    require(global != nullptr, CL_INVALID_GLOBAL_WORK_SIZE);
    for (cl_uint i = 0; i < dimensions; i++) {
      require(global[i] == 1, CL_INVALID_GLOBAL_WORK_SIZE);
      require(local == nullptr || local[i] == 1, CL_INVALID_WORK_GROUP_SIZE);
      require(offset == nullptr || offset[i] == 0, CL_INVALID_GLOBAL_OFFSET);
    }
    launch(queue, kernel, CL_COMMAND_NDRANGE_KERNEL, count, events, event);
  });
}

cl_int enqueue_task(cl_command_queue queue, cl_kernel kernel, cl_uint count, const cl_event *events, cl_event *event) {
  return guarded([&] { launch(queue, kernel, CL_COMMAND_TASK, count, events, event); });
}

}  // namespace

void fill_kernel(cl_icd_dispatch &t) {
  t.clCreateKernel = create_kernel;
  t.clCreateKernelsInProgram = create_kernels;
  t.clRetainKernel = retain_kernel;
  t.clReleaseKernel = release_kernel;
  t.clSetKernelArg = set_argument;
  t.clGetKernelInfo = get_kernel_info;
  t.clGetKernelArgInfo = get_argument_info;
  t.clGetKernelWorkGroupInfo = get_work_group_info;
  t.clEnqueueNDRangeKernel = enqueue_range;
  t.clEnqueueTask = enqueue_task;
}

}  // namespace cipherstream::sim
