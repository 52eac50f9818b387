// The functions that the dispatch table points at.
#pragma once

#include <CL/cl_icd.h>

#include <vector>

#include "objects.h"

namespace cipherstream::sim {

// The platform; made on the first call, never destroyed.
cl_platform_id platform();

// clIcdGetPlatformIDsKHR and clGetPlatformIDs.
cl_int platform_ids(cl_uint entries, cl_platform_id *platforms, cl_uint *count);

// Events a command waits for. Throws CL_INVALID_EVENT_WAIT_LIST or CL_INVALID_CONTEXT.
std::vector<Ref<_cl_event>> wait_list(cl_context context, cl_uint count, const cl_event *events);

// Enqueues; waits if asked; hands the event out or drops it. Throws the command's status if it failed
// while the caller waited.
void submit(cl_command_queue queue, cl_command_type type, std::vector<Ref<_cl_event>> waits, bool blocking,
            cl_event *event, std::function<Outcome()> run);

// Nanoseconds of the clock that events show.
std::uint64_t clock_nanos();

// Fill their functions in.
void fill_platform(cl_icd_dispatch &table);
void fill_context(cl_icd_dispatch &table);
void fill_queue(cl_icd_dispatch &table);
void fill_event(cl_icd_dispatch &table);
void fill_memory(cl_icd_dispatch &table);
void fill_memory_commands(cl_icd_dispatch &table);
void fill_rectangles(cl_icd_dispatch &table);
void fill_maps(cl_icd_dispatch &table);
void fill_program(cl_icd_dispatch &table);
void fill_kernel(cl_icd_dispatch &table);
// The functions that no object of this platform can serve.
void fill_unsupported(cl_icd_dispatch &table);

}  // namespace cipherstream::sim
