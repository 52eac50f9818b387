/*
 * What all kernels share. Follows limb_program.h; LANES is 8 (vectors, for CPUs) or 1 (for GPUs).
 *
 * Every kernel has the same arguments: the pool, the tables of the ring, the pool word at which the
 * submission's own table begins, the first node of the launch, and a kernel's own parameter. The
 * submission's table: word 0 = pool word of the descriptors, word 1 = pool word of the node starts
 * (32 bits each), then the pool word of each segment, then counters. Node n holds the descriptors
 * starts[n] to starts[n + 1] - 1. Global dimension 1 counts the launch's nodes.
 */
#pragma OPENCL FP_CONTRACT OFF

#if LANES == 8
typedef ulong8 words;
typedef long8 flags;
#else
typedef ulong words;
typedef long flags;
#endif

#define INLINE static inline __attribute__((always_inline))
#define KERNEL_ARGUMENTS                                                                        \
  __global ulong *pool, __global const ulong *tables, ulong submission, uint first, uint parameter

#define NODE (first + (uint)get_global_id(1))
#define VECTOR(pointer) (*(__global words *)(pointer))
#define CONST_VECTOR(pointer) (*(__global const words *)(pointer))

/* The parameter: log2 N, log2 of the words a work-item handles, a transform's first
 * stage and whether it does the next one too. */
#define LOG_DEGREE (parameter & 0xff)
#define DEGREE (1u << LOG_DEGREE)
#define ITEM_WORDS (1u << (parameter >> 8 & 0xff))
#define STAGE (parameter >> 16 & 0xff)
#define TWO_STAGES (parameter >> 24)

/* Words of a modulus' entry in the tables, and what they hold. */
#define MODULUS_WORDS 16
#define TABLE_Q 0
#define TABLE_RATIO_LOW 1
#define TABLE_RATIO_HIGH 2
#define TABLE_INVERSE_REAL 3
#define TABLE_RATIO_64 4
#define TABLE_INVERSE_DEGREE 6
#define TABLE_FORWARD 8
#define TABLE_FORWARD_TILES 9
#define TABLE_INVERSE 10
#define TABLE_INVERSE_TILES 11

typedef __global const limb_descriptor *descriptor_pointer;

INLINE descriptor_pointer descriptors(__global ulong *pool, ulong submission) {
  return (descriptor_pointer)(pool + pool[submission]);
}

INLINE __global const uint *node_starts(__global ulong *pool, ulong submission) {
  return (__global const uint *)(pool + pool[submission + 1]);
}

INLINE descriptor_pointer single(__global ulong *pool, ulong submission, uint node) {
  return descriptors(pool, submission) + node_starts(pool, submission)[node];
}

INLINE __global ulong *operand(__global ulong *pool, ulong submission, uint segment, uint line) {
  return pool + pool[submission + 2 + segment] + (ulong)line * LIMB_LINE_WORDS;
}

#define OPERAND_D(x) operand(pool, submission, (x)->d_segment, (x)->d_line)
#define OPERAND_A(x) operand(pool, submission, (x)->a_segment, (x)->a_line)
#define OPERAND_B(x) operand(pool, submission, (x)->b_segment, (x)->b_line)

/* x - q if x >= q, for x < 2q: the difference wraps round to something large otherwise. */
INLINE words subtract_once(words x, words q) { return min(x, x - q); }

/* Index into a repeated operand of word k. */
INLINE uint repeated_index(uint k, uint repeat, uint degree) {
  uint shift = repeat & LIMB_REPEAT_SHIFT_MASK;
  uint r = k >> shift;
  return (repeat & LIMB_REPEAT_MIRRORED) ? min(r, (degree >> shift) - 1 - r) : r;
}

/* Words k to k + LANES - 1 of an operand that may be repeated. */
INLINE words load_repeated(__global const ulong *b, uint k, uint repeat, uint degree) {
#if LANES == 8
  if (repeat == 0) {
    return CONST_VECTOR(b + k);
  }
  if ((repeat & LIMB_REPEAT_SHIFT_MASK) >= 3) {
    return (words)(b[repeated_index(k, repeat, degree)]);
  }
  return (words)(b[repeated_index(k, repeat, degree)], b[repeated_index(k + 1, repeat, degree)],
                 b[repeated_index(k + 2, repeat, degree)], b[repeated_index(k + 3, repeat, degree)],
                 b[repeated_index(k + 4, repeat, degree)], b[repeated_index(k + 5, repeat, degree)],
                 b[repeated_index(k + 6, repeat, degree)], b[repeated_index(k + 7, repeat, degree)]);
#else
  return b[repeated_index(k, repeat, degree)];
#endif
}
