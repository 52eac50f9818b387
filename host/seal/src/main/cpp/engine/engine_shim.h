// What the JVM may ask of the limb engine: plain functions over opaque handles. Parsed by JavaCPP.
//
// Programs and arguments are checked by the caller (LimbProgram, HostEngine). Errors are
// exceptions; those whose text starts with "PROGRAM|" are of a program that was not.
#pragma once

#include <cstdint>

namespace cipherstream {

class LimbEngineHandle;

// Number of the fastest kernels of this processor, as limb_engine_create takes it.
int best_kernel_id();
// Whether this processor can run the kernels of that number, one that limb_engine_create takes.
bool runs_kernel_id(int kernel);
// Tables for a ring. roots: the smallest primitive 2 * degree-th roots of unity. kernel: 0 SEAL's
// routines, 1 AVX-512 IFMA, 2 AVX2 and FMA.
LimbEngineHandle *limb_engine_create(int degree, const int64_t *primes, const int64_t *roots, int count, int kernel);
void limb_engine_delete(LimbEngineHandle *engine);
// Number of words of a run's result: zero words, then nanoseconds by opcode.
int limb_engine_result_words();
// Runs instructions [from, to) of a descriptor list. bases: addresses of the segments. Adds to
// result. Safe for concurrent use on disjoint memory.
void limb_engine_run(const LimbEngineHandle *engine, const int8_t *descriptors, int from, int to, const int64_t *bases,
                     int segments, int64_t *result);
// Words [from, to), multiples of 16, of results[r] = sum of entries[r * columns + c] * operands[c] modulo
// a prime below 2^50. entries: address of 32-bit numbers; operands, results: addresses. Safe for concurrent use on
// disjoint words.
void limb_engine_multiply(const LimbEngineHandle *engine, int modulus, int64_t entries, int rows, int columns,
                          const int64_t *operands, const int64_t *results, int64_t from, int64_t to);
// For each modulus the first `kept` words of the transform of so many numbers, to the address `words`; false if there
// are no kernels for it. size: a power of two from 16 to the degree. Safe for concurrent use on disjoint words.
bool limb_engine_transform(const LimbEngineHandle *engine, const int *moduli, int count, const int64_t *numbers,
                           int size, int kept, int64_t words);

}  // namespace cipherstream
