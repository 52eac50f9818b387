// What all OpenCL objects share: the dispatch table the loader reads, a tag, a reference count.
#pragma once

#include <CL/cl_icd.h>

#include <atomic>
#include <cstdint>
#include <new>
#include <utility>

namespace cipherstream::sim {

extern const cl_icd_dispatch kDispatch;

enum class Kind : std::uint32_t { platform = 0x43530001, device, context, queue, memory, program, kernel, event };

// The first word of every object must be the dispatch table's address: no virtual functions here.
struct Handle {
  explicit Handle(Kind kind) : tag(kind) {}
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;

  const cl_icd_dispatch *dispatch = &kDispatch;
  const Kind tag;
  std::atomic<cl_uint> references{1};
};

// Whether a handle is an object of its type.
template <typename T>
bool valid(const T *handle) {
  return handle != nullptr && handle->dispatch == &kDispatch && handle->tag == T::kKind;
}

// A failed call: its error code.
struct Error {
  cl_int code;
};

[[noreturn]] inline void fail(cl_int code) { throw Error{code}; }

inline void require(bool condition, cl_int code) {
  if (!condition) fail(code);
}

template <typename T>
void retain(T *object) {
  object->references.fetch_add(1, std::memory_order_relaxed);
}

template <typename T>
void release(T *object) {
  if (object->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete object;
}

// Keeps an object alive.
template <typename T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T *object) : object_(object) {
    if (object_ != nullptr) retain(object_);
  }
  Ref(const Ref &other) : Ref(other.object_) {}
  Ref(Ref &&other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref &operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) release(object_);
  }
  T *get() const { return object_; }
  T *operator->() const { return object_; }
  T &operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T *object_ = nullptr;
};

// Runs a call that answers with a code.
template <typename F>
cl_int guarded(F &&call) noexcept {
  try {
    call();
    return CL_SUCCESS;
  } catch (const Error &e) {
    return e.code;
  } catch (const std::bad_alloc &) {
    return CL_OUT_OF_HOST_MEMORY;
  } catch (...) {
    return CL_OUT_OF_RESOURCES;
  }
}

// Runs a call that answers with an object, or NULL and a code.
template <typename F>
auto created(cl_int *code, F &&call) noexcept -> decltype(call()) {
  decltype(call()) object = nullptr;
  const cl_int result = guarded([&] { object = call(); });
  if (code != nullptr) *code = result;
  return result == CL_SUCCESS ? object : nullptr;
}

// clRetain and clRelease of an object.
template <typename T>
cl_int retained(T *object, cl_int code) {
  if (!valid(object)) return code;
  retain(object);
  return CL_SUCCESS;
}

template <typename T>
cl_int released(T *object, cl_int code) {
  if (!valid(object)) return code;
  release(object);
  return CL_SUCCESS;
}

}  // namespace cipherstream::sim
