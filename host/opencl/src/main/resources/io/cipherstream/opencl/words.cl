/* Word-wise instructions that are not products: a work-item does ITEM_WORDS words of one limb. */
#define EACH_VECTOR for (uint k = begin; k < end; k += LANES)

__kernel void wordwise(KERNEL_ARGUMENTS) {
  descriptor_pointer x = single(pool, submission, NODE);
  __global ulong *d = OPERAND_D(x);
  __global ulong *a = OPERAND_A(x);
  __global ulong *b = OPERAND_B(x);
  uint degree = DEGREE;
  uint begin = (uint)get_global_id(0) * ITEM_WORDS;
  uint end = begin + ITEM_WORDS;
  uint repeat = x->repeat;
  modulus m = modulus_at(tables, x->modulus);
  words q = (words)(m.word);
  words c = (words)(x->constant_);
  switch (x->opcode) {
    case LIMB_OP_ADD:
      EACH_VECTOR {
        VECTOR(d + k) = subtract_once(VECTOR(a + k) + load_repeated(b, k, repeat, degree), q);
      }
      break;
    case LIMB_OP_SUB:
      EACH_VECTOR {
        words difference = VECTOR(a + k) - load_repeated(b, k, repeat, degree);
        VECTOR(d + k) = min(difference, difference + q);
      }
      break;
    case LIMB_OP_NEG:
      EACH_VECTOR { VECTOR(d + k) = subtract_once(q - VECTOR(a + k), q); }
      break;
    case LIMB_OP_SCALE:
      EACH_VECTOR { VECTOR(d + k) = multiply(VECTOR(a + k), c, m); }
      break;
    case LIMB_OP_ADDC:
      EACH_VECTOR { VECTOR(d + k) = subtract_once(VECTOR(a + k) + c, q); }
      break;
    case LIMB_OP_REDUCE:
      EACH_VECTOR { VECTOR(d + k) = reduce(VECTOR(a + k), m); }
      break;
    case LIMB_OP_COPY:
      EACH_VECTOR { VECTOR(d + k) = VECTOR(a + k); }
      break;
    case LIMB_OP_FILL:
      EACH_VECTOR { VECTOR(d + k) = c; }
      break;
  }
}

/*
 * A chain of products on one result, MUL, MAC or MACC and then MACs and MACCs: one reduction at the
 * end, or after as many products as the arithmetic holds. Operand a of MACC is of another modulus.
 */
#if LANES == 8
#define UNROLL 4
#else
#define UNROLL 1
#endif

__kernel void sum_of_products(KERNEL_ARGUMENTS) {
  __global const uint *starts = node_starts(pool, submission) + NODE;
  descriptor_pointer x = descriptors(pool, submission);
  uint chain_begin = starts[0];
  uint chain_end = starts[1];
  x += chain_begin;
  __global ulong *d = OPERAND_D(x);
  modulus m = modulus_at(tables, x->modulus);
  uint degree = DEGREE;
  uint begin = (uint)get_global_id(0) * ITEM_WORDS;
  uint end = begin + ITEM_WORDS;
  for (uint k = begin; k < end; k += UNROLL * LANES) {
    products sum[UNROLL];
    for (uint i = 0; i < UNROLL; i++) {
      sum[i] = products_of(x->opcode == LIMB_OP_MUL ? (words)(0) : VECTOR(d + k + i * LANES));
    }
    uint held = 0;
    for (uint term = 0; term < chain_end - chain_begin; term++) {
      __global ulong *a = OPERAND_A(x + term);
      __global ulong *b = OPERAND_B(x + term);
      uint repeat = x[term].repeat;
      bool by_constant = x[term].opcode == LIMB_OP_MACC;
      words factor = (words)(x[term].constant_);
      if (held == PRODUCTS_MAX) {
        for (uint i = 0; i < UNROLL; i++) {
          sum[i] = products_of(products_sum(sum[i], m));
        }
        held = 0;
      }
      held++;
      for (uint i = 0; i < UNROLL; i++) {
        uint at = k + i * LANES;
        words right = by_constant ? factor : load_repeated(b, at, repeat, degree);
        sum[i] = add_product(sum[i], VECTOR(a + at), right, m);
      }
    }
    for (uint i = 0; i < UNROLL; i++) {
      VECTOR(d + k + i * LANES) = products_sum(sum[i], m);
    }
  }
}
