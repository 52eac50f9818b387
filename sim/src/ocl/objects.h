// The OpenCL objects. Functions on them are in the file of their name.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "card.h"
#include "handle.h"

struct _cl_platform_id : cipherstream::sim::Handle {
  static constexpr auto kKind = cipherstream::sim::Kind::platform;
  _cl_platform_id() : Handle(kKind) {}

  std::vector<std::unique_ptr<_cl_device_id>> devices;
};

struct _cl_device_id : cipherstream::sim::Handle {
  static constexpr auto kKind = cipherstream::sim::Kind::device;
  _cl_device_id(std::uint32_t index, const cipherstream::sim::Settings &settings)
      : Handle(kKind), card(index, settings) {}

  cipherstream::sim::Card card;
};

struct _cl_context : cipherstream::sim::Handle {
  static constexpr auto kKind = cipherstream::sim::Kind::context;
  _cl_context() : Handle(kKind) {}
  ~_cl_context();

  // The device's tag of this context in its memory; device is one of the context's.
  std::uint8_t owner(const _cl_device_id *device) const;
  // Tells the caller's notification function and standard error.
  void notify(const std::string &message) const;

  std::vector<cl_device_id> devices;
  std::vector<std::uint8_t> owners;  // a tag a device
  std::vector<cl_context_properties> properties;
  void(CL_CALLBACK *notification)(const char *, const void *, std::size_t, void *) = nullptr;
  void *notification_data = nullptr;
};

namespace cipherstream::sim {

// What a command on a worker thread says of itself.
struct Outcome {
  cl_int status = CL_COMPLETE;
  std::uint64_t device_nanos = 0;  // simulated duration; 0: none, the host's clock counts
};

struct Command {
  std::vector<Ref<_cl_event>> waits;
  std::function<Outcome()> run;
  Ref<_cl_event> event;
};

// The worker's share of a queue; outlives it until the worker has ended.
struct QueueState;

}  // namespace cipherstream::sim

struct _cl_command_queue : cipherstream::sim::Handle {
  static constexpr auto kKind = cipherstream::sim::Kind::queue;
  _cl_command_queue(cl_context context, cl_device_id device, cl_command_queue_properties properties);
  ~_cl_command_queue();

  // Appends a command; gives back its event, referenced once for the caller.
  cl_event enqueue(cl_command_type type, std::vector<cipherstream::sim::Ref<_cl_event>> waits,
                   std::function<cipherstream::sim::Outcome()> run);
  void finish();

  cipherstream::sim::Ref<_cl_context> context;
  cl_device_id device;
  cl_command_queue_properties properties;
  std::shared_ptr<cipherstream::sim::QueueState> state;
};

struct _cl_event : cipherstream::sim::Handle {
  static constexpr auto kKind = cipherstream::sim::Kind::event;
  _cl_event(cl_context context, cl_command_queue queue, cl_command_type type, cl_int status);

  struct Callback {
    cl_int type;
    void(CL_CALLBACK *function)(cl_event, cl_int, void *);
    void *data;
  };

  // Moves on to a later status, wakes who waits, calls who asked. False if it was final already.
  bool advance(cl_int to);
  // Blocks until complete or failed; gives back the final status.
  cl_int wait();
  cl_int now();

  const cipherstream::sim::Ref<_cl_context> context;
  const cipherstream::sim::Ref<_cl_command_queue> queue;  // none: a user event
  const cl_command_type type;
  std::mutex mutex;
  std::condition_variable changed;
  cl_int status;
  std::uint64_t nanos[4] = {0, 0, 0, 0};  // queued, submitted, started, ended
  std::vector<Callback> callbacks;
};

namespace cipherstream::sim {

// A buffer's copy in the memory of a card.
struct Placement {
  cl_device_id device;
  std::uint64_t address;
};

struct Mapping {
  void *pointer;
  std::size_t offset;
  std::size_t bytes;
  bool writes;
  bool owned;            // memory of ours, not the caller's host_ptr
  bool leaving = false;  // an unmap is on its way: a second one finds nothing
};

}  // namespace cipherstream::sim

struct _cl_mem : cipherstream::sim::Handle {
  static constexpr auto kKind = cipherstream::sim::Kind::memory;
  _cl_mem(cl_context context, cl_mem_flags flags, std::size_t bytes, void *host_ptr);
  _cl_mem(cl_mem parent, cl_mem_flags flags, std::size_t origin, std::size_t bytes);
  ~_cl_mem();

  // The buffer that holds the memory: this, or a sub-buffer's parent.
  cl_mem root() { return parent ? parent.get() : this; }
  // Device address of its first byte on that card, where its content is moved if it lies on another.
  std::uint64_t address_on(cl_device_id device);
  // The same as host bytes.
  std::byte *bytes_on(cl_device_id device);

  cipherstream::sim::Ref<_cl_context> context;
  cipherstream::sim::Ref<_cl_mem> parent;
  const cl_mem_flags flags;
  const std::size_t bytes;
  const std::size_t origin = 0;
  void *const host_ptr;

  std::mutex mutex;  // placements, mappings and callbacks
  std::vector<cipherstream::sim::Placement> placements;
  cl_device_id home = nullptr;  // which of them is current
  std::vector<cipherstream::sim::Mapping> mappings;
  std::vector<std::pair<void(CL_CALLBACK *)(cl_mem, void *), void *>> destructors;
};

struct _cl_program : cipherstream::sim::Handle {
  static constexpr auto kKind = cipherstream::sim::Kind::program;
  explicit _cl_program(cl_context context) : Handle(kKind), context(context) {}
  ~_cl_program();

  // The kernel's signature and compute unit (0: any) for a name such as core_program or
  // core_program:{core_program_2}; throws CL_INVALID_KERNEL_NAME.
  std::pair<const cipherstream::sim::KernelSignature *, std::uint32_t> find(const std::string &name) const;

  cipherstream::sim::Ref<_cl_context> context;
  std::vector<cl_device_id> devices;
  std::shared_ptr<const cipherstream::sim::DeviceImage> image;  // none: made from source
  std::string source;
  std::mutex mutex;  // the two below
  cl_build_status build = CL_BUILD_NONE;
  std::string log;
  std::atomic<cl_uint> kernels{0};
};

namespace cipherstream::sim {

struct ArgumentValue {
  bool set = false;
  std::uint64_t value = 0;
  Ref<_cl_mem> memory;
};

}  // namespace cipherstream::sim

struct _cl_kernel : cipherstream::sim::Handle {
  static constexpr auto kKind = cipherstream::sim::Kind::kernel;
  _cl_kernel(cl_program program, const cipherstream::sim::KernelSignature &signature, std::uint32_t unit)
      : Handle(kKind), program(program), signature(signature), unit(unit), values(signature.arguments.size()) {
    program->kernels++;
  }
  ~_cl_kernel() { program->kernels--; }

  cipherstream::sim::Ref<_cl_program> program;
  const cipherstream::sim::KernelSignature &signature;  // of the program's image
  const std::uint32_t unit;                             // 0: any
  std::mutex mutex;
  std::vector<cipherstream::sim::ArgumentValue> values;
};
