// The dispatch table and the library's exported functions. No slot is null: callers do not look.
#include <cstring>

#include "api.h"

namespace cipherstream::sim {

namespace {

template <typename T>
void set_code(T) {}
void set_code(cl_int *code) {
  if (code != nullptr) *code = CL_INVALID_OPERATION;
}

template <typename... A>
void set_last(A... arguments) {
  (void)(..., set_code(arguments));
}

// A function of that type that refuses: a code, or NULL with the code where the caller wants it.
template <typename R, typename... A>
void refuse(R (*&slot)(A...)) {
  slot = [](A... arguments) -> R {
    if constexpr (std::is_pointer_v<R>) {
      set_last(arguments...);
      return nullptr;
    } else if constexpr (!std::is_void_v<R>) {
      return CL_INVALID_OPERATION;
    }
  };
}

cl_int refuse_untyped() { return CL_INVALID_OPERATION; }

// Slots of Direct3D functions have no type on this system.
void refuse(void *&slot) { slot = reinterpret_cast<void *>(&refuse_untyped); }

template <typename... S>
void refuse_all(S &...slots) {
  (refuse(slots), ...);
}

cl_icd_dispatch filled() {
  cl_icd_dispatch table;
  std::memset(&table, 0, sizeof table);
  fill_unsupported(table);
  fill_platform(table);
  fill_context(table);
  fill_queue(table);
  fill_event(table);
  fill_memory(table);
  fill_memory_commands(table);
  fill_rectangles(table);
  fill_maps(table);
  fill_program(table);
  fill_kernel(table);
  return table;
}

}  // namespace

const cl_icd_dispatch kDispatch = filled();

void fill_unsupported(cl_icd_dispatch &t) {
  refuse_all(t.clSetCommandQueueProperty, t.clCreateImage2D, t.clCreateImage3D, t.clGetImageInfo, t.clCreateSampler,
             t.clRetainSampler, t.clReleaseSampler, t.clGetSamplerInfo, t.clEnqueueReadImage, t.clEnqueueWriteImage,
             t.clEnqueueCopyImage, t.clEnqueueCopyImageToBuffer, t.clEnqueueCopyBufferToImage, t.clEnqueueMapImage,
             t.clEnqueueNativeKernel, t.clCreateImage, t.clEnqueueFillImage, t.clCreateProgramWithBuiltInKernels);
  refuse_all(t.clCreateFromGLBuffer, t.clCreateFromGLTexture2D, t.clCreateFromGLTexture3D, t.clCreateFromGLRenderbuffer,
             t.clGetGLObjectInfo, t.clGetGLTextureInfo, t.clEnqueueAcquireGLObjects, t.clEnqueueReleaseGLObjects,
             t.clGetGLContextInfoKHR, t.clCreateEventFromGLsyncKHR, t.clCreateFromGLTexture);
  refuse_all(t.clGetDeviceIDsFromD3D10KHR, t.clCreateFromD3D10BufferKHR, t.clCreateFromD3D10Texture2DKHR,
             t.clCreateFromD3D10Texture3DKHR, t.clEnqueueAcquireD3D10ObjectsKHR, t.clEnqueueReleaseD3D10ObjectsKHR,
             t.clGetDeviceIDsFromD3D11KHR, t.clCreateFromD3D11BufferKHR, t.clCreateFromD3D11Texture2DKHR,
             t.clCreateFromD3D11Texture3DKHR, t.clCreateFromDX9MediaSurfaceKHR, t.clEnqueueAcquireD3D11ObjectsKHR,
             t.clEnqueueReleaseD3D11ObjectsKHR, t.clGetDeviceIDsFromDX9MediaAdapterKHR,
             t.clEnqueueAcquireDX9MediaSurfacesKHR, t.clEnqueueReleaseDX9MediaSurfacesKHR);
  refuse_all(t.clCreateSubDevicesEXT, t.clRetainDeviceEXT, t.clReleaseDeviceEXT, t.clCreateFromEGLImageKHR,
             t.clEnqueueAcquireEGLObjectsKHR, t.clEnqueueReleaseEGLObjectsKHR, t.clCreateEventFromEGLSyncKHR);
  // OpenCL 2.0 and later; real cards' runtimes do not have them either.
  refuse_all(t.clCreateCommandQueueWithProperties, t.clCreatePipe, t.clGetPipeInfo, t.clSVMAlloc, t.clSVMFree,
             t.clEnqueueSVMFree, t.clEnqueueSVMMemcpy, t.clEnqueueSVMMemFill, t.clEnqueueSVMMap, t.clEnqueueSVMUnmap,
             t.clCreateSamplerWithProperties, t.clSetKernelArgSVMPointer, t.clSetKernelExecInfo,
             t.clGetKernelSubGroupInfoKHR, t.clCloneKernel, t.clCreateProgramWithIL, t.clEnqueueSVMMigrateMem,
             t.clGetDeviceAndHostTimer, t.clGetHostTimer, t.clGetKernelSubGroupInfo, t.clSetDefaultDeviceCommandQueue,
             t.clSetProgramReleaseCallback, t.clSetProgramSpecializationConstant, t.clCreateBufferWithProperties,
             t.clCreateImageWithProperties, t.clSetContextDestructorCallback);
}

}  // namespace cipherstream::sim

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED void *clGetExtensionFunctionAddress(const char *name) {
  if (name != nullptr && std::strcmp(name, "clIcdGetPlatformIDsKHR") == 0) {
    return reinterpret_cast<void *>(&cipherstream::sim::platform_ids);
  }
  return nullptr;
}

EXPORTED cl_int clIcdGetPlatformIDsKHR(cl_uint entries, cl_platform_id *platforms, cl_uint *count) {
  return cipherstream::sim::platform_ids(entries, platforms, count);
}

EXPORTED cl_int clGetPlatformInfo(cl_platform_id platform, cl_platform_info name, size_t bytes, void *value,
                                  size_t *bytes_ret) {
  return cipherstream::sim::kDispatch.clGetPlatformInfo(platform, name, bytes, value, bytes_ret);
}
