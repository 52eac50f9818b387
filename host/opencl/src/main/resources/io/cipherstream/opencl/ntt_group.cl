/*
 * Transforms with a work-group a tile of TILE words in local memory, one word a work-item and load,
 * for GPUs. Long limbs first take launches over the whole limb that do one or two stages, each
 * work-item on words far apart in registers; then tiles of consecutive words do all later stages.
 * The inverse goes the other way. Between launches the words of d hold residues in the arithmetic's
 * own form. TILE and GROUP (work-items of a group) are set by the build.
 */
#define A_GROUP __attribute__((reqd_work_group_size(GROUP, 1, 1)))
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)

/* One butterfly of stage s, or the two stages s and s + 1 on four words; item i of N/2 or N/4. */
__kernel void forward_strided(KERNEL_ARGUMENTS) {
  descriptor_pointer x = single(pool, submission, NODE);
  __global ulong *d = OPERAND_D(x);
  modulus m = modulus_at(tables, x->modulus);
  __global const ulong *table = tables + tables[MODULUS_WORDS * x->modulus + TABLE_FORWARD];
  uint s = STAGE;
  uint i = get_global_id(0);
  uint step = DEGREE >> (s + (TWO_STAGES ? 2 : 1));
  uint block = i / step;
  uint at = block * (DEGREE >> s) + (i & (step - 1));
  int initial = s == 0;
  __global const ulong *a = initial ? OPERAND_A(x) : d;
  words r0 = a[at];
  words r1 = a[at + step];
  residue x0 = settle(initial ? of_words(r0) : of_raw(r0), m);
  residue x1 = initial ? of_words(r1) : of_raw(r1);
  roots w = root_at(table, (1u << s) + block);
  if (TWO_STAGES) {
    words r2 = a[at + 2 * step];
    words r3 = a[at + 3 * step];
    residue x2 = initial ? of_words(r2) : of_raw(r2);
    residue x3 = initial ? of_words(r3) : of_raw(r3);
    FORWARD(x0, x2, w, m)
    FORWARD(x1, x3, w, m)
    w = root_at(table, (2u << s) + 2 * block);
    FORWARD(x0, x1, w, m)
    w = root_at(table, (2u << s) + 2 * block + 1);
    FORWARD(x2, x3, w, m)
    d[at + 2 * step] = to_raw(x2);
    d[at + 3 * step] = to_raw(x3);
  } else {
    FORWARD(x0, x1, w, m)
  }
  d[at] = to_raw(x0);
  d[at + step] = to_raw(x1);
}

/* Stages from STAGE to the last: the tile is a block of stage STAGE, words at its beginning. */
A_GROUP __kernel void forward_tile(KERNEL_ARGUMENTS) {
  __local residue t[TILE];
  descriptor_pointer x = single(pool, submission, NODE);
  modulus m = modulus_at(tables, x->modulus);
  __global const ulong *table = tables + tables[MODULUS_WORDS * x->modulus + TABLE_FORWARD];
  uint s = STAGE;
  uint size = DEGREE >> s;
  uint tile = get_group_id(0);
  uint id = get_local_id(0);
  int initial = s == 0;
  __global ulong *d = OPERAND_D(x) + tile * size;
  __global const ulong *a = initial ? OPERAND_A(x) : d;
  for (uint i = id; i < size; i += GROUP) {
    t[i] = initial ? of_words(a[i]) : of_raw(a[i]);
  }
  uint length = size;
  uint block_first = (1u << s) + tile;
  if ((LOG_DEGREE - s) & 1) {
    BARRIER;
    uint apart = length / 2;
    roots w = root_at(table, block_first);
    for (uint i = id; i < apart; i += GROUP) {
      residue x0 = settle(t[i], m);
      residue x1 = t[i + apart];
      FORWARD(x0, x1, w, m)
      t[i] = x0;
      t[i + apart] = x1;
    }
    length = apart;
    block_first *= 2;
  }
  for (; length > 1; length /= 4) {
    BARRIER;
    uint step = length / 4;
    for (uint i = id; i < size / 4; i += GROUP) {
      uint block = i / step;
      uint at = block * length + (i & (step - 1));
      residue x0 = settle(t[at], m);
      residue x1 = t[at + step];
      residue x2 = t[at + 2 * step];
      residue x3 = t[at + 3 * step];
      uint index = block_first + block;
      roots w = root_at(table, index);
      FORWARD(x0, x2, w, m)
      FORWARD(x1, x3, w, m)
      w = root_at(table, 2 * index);
      FORWARD(x0, x1, w, m)
      w = root_at(table, 2 * index + 1);
      FORWARD(x2, x3, w, m)
      t[at] = x0;
      t[at + step] = x1;
      t[at + 2 * step] = x2;
      t[at + 3 * step] = x3;
    }
    block_first *= 4;
  }
  BARRIER;
  for (uint i = id; i < size; i += GROUP) {
    d[i] = canonical(t[i], m);
  }
}

/* Undoes forward_tile; if the tile is the whole limb, 1/N and canonical words come last. */
A_GROUP __kernel void inverse_tile(KERNEL_ARGUMENTS) {
  __local residue t[TILE];
  descriptor_pointer x = single(pool, submission, NODE);
  __global const ulong *entry = tables + MODULUS_WORDS * x->modulus;
  modulus m = modulus_at(tables, x->modulus);
  __global const ulong *table = tables + entry[TABLE_INVERSE];
  uint s = STAGE;
  uint size = DEGREE >> s;
  uint tile = get_group_id(0);
  uint id = get_local_id(0);
  __global ulong *d = OPERAND_D(x) + tile * size;
  __global const ulong *a = OPERAND_A(x) + tile * size;
  for (uint i = id; i < size; i += GROUP) {
    t[i] = of_words(a[i]);
  }
  uint step = 1;
  for (; 4 * step <= size; step *= 4) {
    BARRIER;
    uint length = 4 * step;
    uint first_block = (DEGREE / length) + tile * (size / length);
    for (uint i = id; i < size / 4; i += GROUP) {
      uint block = i / step;
      uint at = block * length + (i & (step - 1));
      residue x0 = t[at];
      residue x1 = t[at + step];
      residue x2 = t[at + 2 * step];
      residue x3 = t[at + 3 * step];
      uint index = first_block + block;
      roots w = root_at(table, 2 * index);
      INVERSE(x0, x1, w, m)
      w = root_at(table, 2 * index + 1);
      INVERSE(x2, x3, w, m)
      w = root_at(table, index);
      INVERSE(x0, x2, w, m)
      INVERSE(x1, x3, w, m)
      t[at] = settle(x0, m);
      t[at + step] = settle(x1, m);
      t[at + 2 * step] = x2;
      t[at + 3 * step] = x3;
    }
  }
  if (step < size) {
    BARRIER;
    roots w = root_at(table, (1u << s) + tile);
    for (uint i = id; i < step; i += GROUP) {
      residue x0 = t[i];
      residue x1 = t[i + step];
      INVERSE(x0, x1, w, m)
      t[i] = settle(x0, m);
      t[i + step] = x1;
    }
  }
  BARRIER;
  if (s == 0) {
    roots scale = root_at(entry + TABLE_INVERSE_DEGREE, 0);
    for (uint i = id; i < size / 2; i += GROUP) {
      d[i] = canonical(times_root(t[i], scale, m), m);
      d[i + size / 2] = canonical(t[i + size / 2], m);
    }
  } else {
    for (uint i = id; i < size; i += GROUP) {
      d[i] = to_raw(t[i]);
    }
  }
}

/* Undoes forward_strided; after stage 0, 1/N and canonical words. */
__kernel void inverse_strided(KERNEL_ARGUMENTS) {
  descriptor_pointer x = single(pool, submission, NODE);
  __global ulong *d = OPERAND_D(x);
  __global const ulong *entry = tables + MODULUS_WORDS * x->modulus;
  modulus m = modulus_at(tables, x->modulus);
  __global const ulong *table = tables + entry[TABLE_INVERSE];
  roots scale = root_at(entry + TABLE_INVERSE_DEGREE, 0);
  uint s = STAGE;
  uint i = get_global_id(0);
  uint step = DEGREE >> (s + (TWO_STAGES ? 2 : 1));
  uint block = i / step;
  uint at = block * (DEGREE >> s) + (i & (step - 1));
  int last = s == 0;
  residue x0 = of_raw(d[at]);
  residue x1 = of_raw(d[at + step]);
  roots w = root_at(table, (1u << s) + block);
  if (TWO_STAGES) {
    residue x2 = of_raw(d[at + 2 * step]);
    residue x3 = of_raw(d[at + 3 * step]);
    roots lower = root_at(table, (2u << s) + 2 * block);
    INVERSE(x0, x1, lower, m)
    lower = root_at(table, (2u << s) + 2 * block + 1);
    INVERSE(x2, x3, lower, m)
    INVERSE(x0, x2, w, m)
    INVERSE(x1, x3, w, m)
    d[at + step] = last ? canonical(times_root(x1, scale, m), m) : to_raw(settle(x1, m));
    d[at + 2 * step] = last ? canonical(x2, m) : to_raw(x2);
    d[at + 3 * step] = last ? canonical(x3, m) : to_raw(x3);
  } else {
    INVERSE(x0, x1, w, m)
    d[at + step] = last ? canonical(x1, m) : to_raw(x1);
  }
  d[at] = last ? canonical(times_root(x0, scale, m), m) : to_raw(settle(x0, m));
}
