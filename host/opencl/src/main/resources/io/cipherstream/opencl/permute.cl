/* The Galois automorphism as a gather, and the count of zero words. */

INLINE uint reverse(uint x, uint bits) {
  x = ((x >> 1) & 0x55555555u) | ((x & 0x55555555u) << 1);
  x = ((x >> 2) & 0x33333333u) | ((x & 0x33333333u) << 2);
  x = ((x >> 4) & 0x0f0f0f0fu) | ((x & 0x0f0f0f0fu) << 4);
  x = ((x >> 8) & 0x00ff00ffu) | ((x & 0x00ff00ffu) << 8);
  return ((x >> 16) | (x << 16)) >> (32 - bits);
}

/*
 * Word k holds the value at exponent 2j + 1, j = bitrev(k); it comes from the word of exponent
 * (2j + 1) g, so j' = j g + (g - 1) / 2 modulo N. The 8 words of a line differ in the three upper
 * bits of j alone, hence so do their j': a line comes from one line, its words rearranged.
 */
__kernel void permute(KERNEL_ARGUMENTS) {
  descriptor_pointer x = single(pool, submission, NODE);
  __global ulong *d = OPERAND_D(x);
  __global const ulong *a = OPERAND_A(x);
  uint bits = LOG_DEGREE;
  uint mask = DEGREE - 1;
  uint galois = x->galois;
  uint begin = (uint)get_global_id(0) * ITEM_WORDS;
#if LANES == 8
  /* For each value of the upper bits of a line's first j', whence its words come, 4 bits each. */
  uint sources[8];
  for (uint top = 0; top < 8; top++) {
    sources[top] = 0;
    for (uint lane = 0; lane < 8; lane++) {
      sources[top] |= reverse((top + reverse(lane, 3) * galois) & 7, 3) << (4 * lane);
    }
  }
  for (uint k = begin; k < begin + ITEM_WORDS; k += 8) {
    uint j = (reverse(k, bits) * galois + (galois >> 1)) & mask;
    __global const ulong *line = a + 8 * reverse(j & (mask >> 3), bits - 3);
    uint source = sources[j >> (bits - 3)];
    d[k] = line[source & 7];
    d[k + 1] = line[source >> 4 & 7];
    d[k + 2] = line[source >> 8 & 7];
    d[k + 3] = line[source >> 12 & 7];
    d[k + 4] = line[source >> 16 & 7];
    d[k + 5] = line[source >> 20 & 7];
    d[k + 6] = line[source >> 24 & 7];
    d[k + 7] = line[source >> 28];
  }
#else
  for (uint k = begin; k < begin + ITEM_WORDS; k++) {
    d[k] = a[reverse((reverse(k, bits) * galois + (galois >> 1)) & mask, bits)];
  }
#endif
}

/* The descriptor's constant, unused by ZEROS, is its 32-bit counter's index in the submission. */
__kernel void count_zeros(KERNEL_ARGUMENTS) {
  descriptor_pointer x = single(pool, submission, NODE);
  __global const ulong *a = OPERAND_A(x);
  uint begin = (uint)get_global_id(0) * ITEM_WORDS;
  uint zeros = 0;
  for (uint k = begin; k < begin + ITEM_WORDS; k++) {
    zeros += a[k] == 0;
  }
  if (zeros != 0) {
    atomic_add((volatile __global uint *)(pool + submission) + x->constant_, zeros);
  }
}
