// Checks that commands on buffers share.
#pragma once

#include "api.h"

namespace cipherstream::sim {

inline void check_buffer(cl_command_queue queue, cl_mem buffer) {
  require(valid(queue), CL_INVALID_COMMAND_QUEUE);
  require(valid(buffer), CL_INVALID_MEM_OBJECT);
  require(queue->context.get() == buffer->context.get(), CL_INVALID_CONTEXT);
}

// A stretch of at least a byte within the buffer, and somewhere to copy from or to.
inline void check_range(cl_mem buffer, size_t offset, size_t bytes, const void *host) {
  require(host != nullptr && bytes > 0 && offset <= buffer->bytes && bytes <= buffer->bytes - offset, CL_INVALID_VALUE);
}

}  // namespace cipherstream::sim
