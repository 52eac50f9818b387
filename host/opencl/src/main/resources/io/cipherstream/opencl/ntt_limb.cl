/*
 * Transforms with one work-item a limb, in vectors of 8 words, for CPUs; N >= 128.
 *
 * Stage s (m = 2^s blocks of N / m words, butterflies half a block apart) uses roots m to 2m - 1 of
 * the table. The last six stages act within tiles of 64 words: three between the tile's 8 vectors,
 * and, the tile transposed, three more, whose roots lie in vectors of their own. The others run two
 * at a time, first over the whole limb, then block by block where a block fits the nearest cache.
 * Between stages the words of d hold residues in the arithmetic's own form.
 */
#define CACHED_BITS 12
#define ONE_ITEM_A_GROUP __attribute__((reqd_work_group_size(1, 1, 1)))
#define RESIDUE(p) of_raw(VECTOR(p))

#ifdef __has_builtin
#if __has_builtin(__builtin_shufflevector)
#define SHUFFLE __builtin_shufflevector
#endif
#endif

#ifdef SHUFFLE
#define EXCHANGE(bits, first, second)                       \
  INLINE void exchange##bits(residue *a, residue *b) {      \
    residue t = first;                                      \
    *b = second;                                            \
    *a = t;                                                 \
  }
EXCHANGE(4, SHUFFLE(*a, *b, 0, 1, 2, 3, 8, 9, 10, 11), SHUFFLE(*a, *b, 4, 5, 6, 7, 12, 13, 14, 15))
EXCHANGE(2, SHUFFLE(*a, *b, 0, 1, 8, 9, 4, 5, 12, 13), SHUFFLE(*a, *b, 2, 3, 10, 11, 6, 7, 14, 15))
EXCHANGE(1, SHUFFLE(*a, *b, 0, 8, 2, 10, 4, 12, 6, 14), SHUFFLE(*a, *b, 1, 9, 3, 11, 5, 13, 7, 15))
#else
INLINE void exchange4(residue *a, residue *b) {
  residue t = (residue)(a->lo, b->lo);
  *b = (residue)(a->hi, b->hi);
  *a = t;
}

INLINE void exchange2(residue *a, residue *b) {
  residue t = (residue)(a->s01, b->s01, a->s45, b->s45);
  *b = (residue)(a->s23, b->s23, a->s67, b->s67);
  *a = t;
}

INLINE void exchange1(residue *a, residue *b) {
  residue t = (residue)(a->s0, b->s0, a->s2, b->s2, a->s4, b->s4, a->s6, b->s6);
  *b = (residue)(a->s1, b->s1, a->s3, b->s3, a->s5, b->s5, a->s7, b->s7);
  *a = t;
}

#endif

#define TRANSPOSE                                                                       \
  exchange4(&x0, &x4); exchange4(&x1, &x5); exchange4(&x2, &x6); exchange4(&x3, &x7);   \
  exchange2(&x0, &x2); exchange2(&x1, &x3); exchange2(&x4, &x6); exchange2(&x5, &x7);   \
  exchange1(&x0, &x1); exchange1(&x2, &x3); exchange1(&x4, &x5); exchange1(&x6, &x7);

/* Stage s on blocks [block, end). */
INLINE void forward_one(__global const ulong *a, __global ulong *d, __global const ulong *table,
                        uint degree, uint s, uint block, uint end, int first, modulus m) {
  uint apart = degree >> (s + 1);
  for (; block < end; block++) {
    roots w = root_at(table, (1u << s) + block);
    __global const ulong *from = a + (ulong)block * 2 * apart;
    __global ulong *to = d + (ulong)block * 2 * apart;
    for (uint k = 0; k < apart; k += 8) {
      residue x = first ? of_words(CONST_VECTOR(from + k)) : of_raw(CONST_VECTOR(from + k));
      residue y = first ? of_words(CONST_VECTOR(from + k + apart)) : of_raw(CONST_VECTOR(from + k + apart));
      x = settle(x, m);
      FORWARD(x, y, w, m)
      VECTOR(to + k) = to_raw(x);
      VECTOR(to + k + apart) = to_raw(y);
    }
  }
}

/* Stages s and s + 1 on blocks [block, end) of stage s. */
INLINE void forward_two(__global const ulong *a, __global ulong *d, __global const ulong *table,
                        uint degree, uint s, uint block, uint end, int first, modulus m) {
  uint step = degree >> (s + 2);
  for (; block < end; block++) {
    roots w = root_at(table, (1u << s) + block);
    roots left = root_at(table, (2u << s) + 2 * block);
    roots right = root_at(table, (2u << s) + 2 * block + 1);
    __global const ulong *from = a + (ulong)block * 4 * step;
    __global ulong *to = d + (ulong)block * 4 * step;
    for (uint k = 0; k < step; k += 8) {
      words r0 = CONST_VECTOR(from + k);
      words r1 = CONST_VECTOR(from + k + step);
      words r2 = CONST_VECTOR(from + k + 2 * step);
      words r3 = CONST_VECTOR(from + k + 3 * step);
      residue x0 = first ? of_words(r0) : settle(of_raw(r0), m);
      residue x1 = first ? of_words(r1) : of_raw(r1);
      residue x2 = first ? of_words(r2) : of_raw(r2);
      residue x3 = first ? of_words(r3) : of_raw(r3);
      FORWARD(x0, x2, w, m)
      FORWARD(x1, x3, w, m)
      FORWARD(x0, x1, left, m)
      FORWARD(x2, x3, right, m)
      VECTOR(to + k) = to_raw(x0);
      VECTOR(to + k + step) = to_raw(x1);
      VECTOR(to + k + 2 * step) = to_raw(x2);
      VECTOR(to + k + 3 * step) = to_raw(x3);
    }
  }
}

/* The last six stages on one tile. */
INLINE void forward_tile(__global ulong *d, __global const ulong *table,
                         __global const ulong *tiles, uint degree, uint tile, modulus m) {
  __global ulong *x = d + (ulong)tile * 64;
  residue x0 = settle(RESIDUE(x), m);
  residue x1 = settle(RESIDUE(x + 8), m);
  residue x2 = RESIDUE(x + 16);
  residue x3 = RESIDUE(x + 24);
  residue x4 = RESIDUE(x + 32);
  residue x5 = RESIDUE(x + 40);
  residue x6 = RESIDUE(x + 48);
  residue x7 = RESIDUE(x + 56);
  roots w = root_at(table, degree / 64 + tile);
  FORWARD(x0, x4, w, m)
  FORWARD(x1, x5, w, m)
  FORWARD(x2, x6, w, m)
  FORWARD(x3, x7, w, m)
  w = root_at(table, degree / 32 + 2 * tile);
  FORWARD(x0, x2, w, m)
  FORWARD(x1, x3, w, m)
  w = root_at(table, degree / 32 + 2 * tile + 1);
  FORWARD(x4, x6, w, m)
  FORWARD(x5, x7, w, m)
  w = root_at(table, degree / 16 + 4 * tile);
  FORWARD(x0, x1, w, m)
  w = root_at(table, degree / 16 + 4 * tile + 1);
  FORWARD(x2, x3, w, m)
  w = root_at(table, degree / 16 + 4 * tile + 2);
  FORWARD(x4, x5, w, m)
  w = root_at(table, degree / 16 + 4 * tile + 3);
  FORWARD(x6, x7, w, m)
  TRANSPOSE
  x0 = settle(x0, m);
  x1 = settle(x1, m);
  w = roots_at(tiles, 7 * tile);
  FORWARD(x0, x4, w, m)
  FORWARD(x1, x5, w, m)
  FORWARD(x2, x6, w, m)
  FORWARD(x3, x7, w, m)
  w = roots_at(tiles, 7 * tile + 1);
  FORWARD(x0, x2, w, m)
  FORWARD(x1, x3, w, m)
  w = roots_at(tiles, 7 * tile + 2);
  FORWARD(x4, x6, w, m)
  FORWARD(x5, x7, w, m)
  w = roots_at(tiles, 7 * tile + 3);
  FORWARD(x0, x1, w, m)
  w = roots_at(tiles, 7 * tile + 4);
  FORWARD(x2, x3, w, m)
  w = roots_at(tiles, 7 * tile + 5);
  FORWARD(x4, x5, w, m)
  w = roots_at(tiles, 7 * tile + 6);
  FORWARD(x6, x7, w, m)
  TRANSPOSE
  VECTOR(x) = canonical(x0, m);
  VECTOR(x + 8) = canonical(x1, m);
  VECTOR(x + 16) = canonical(x2, m);
  VECTOR(x + 24) = canonical(x3, m);
  VECTOR(x + 32) = canonical(x4, m);
  VECTOR(x + 40) = canonical(x5, m);
  VECTOR(x + 48) = canonical(x6, m);
  VECTOR(x + 56) = canonical(x7, m);
}

/* How many stages run over the whole limb: one or two, and more while blocks are too long. */
INLINE uint whole_stages(uint bits) {
  uint stages = (bits & 1) ? 1 : 2;
  while (bits - stages > CACHED_BITS) {
    stages += 2;
  }
  return stages;
}

ONE_ITEM_A_GROUP __kernel void forward_limb(KERNEL_ARGUMENTS) {
  descriptor_pointer x = single(pool, submission, NODE);
  __global ulong *d = OPERAND_D(x);
  __global const ulong *a = OPERAND_A(x);
  modulus m = modulus_at(tables, x->modulus);
  __global const ulong *table = tables + tables[MODULUS_WORDS * x->modulus + TABLE_FORWARD];
  __global const ulong *tiles = tables + tables[MODULUS_WORDS * x->modulus + TABLE_FORWARD_TILES];
  uint degree = DEGREE;
  uint stages = LOG_DEGREE - 6;
  uint whole = whole_stages(LOG_DEGREE);
  uint s;
  if (stages & 1) {
    forward_one(a, d, table, degree, 0, 0, 1, 1, m);
    s = 1;
  } else {
    forward_two(a, d, table, degree, 0, 0, 1, 1, m);
    s = 2;
  }
  uint blocks = 1u << whole;
  for (; s < whole; s += 2) {
    forward_two(d, d, table, degree, s, 0, 1u << s, 0, m);
  }
  for (uint block = 0; block < blocks; block++) {
    for (s = whole; s < stages; s += 2) {
      uint inner = s - whole;
      forward_two(d, d, table, degree, s, block << inner, (block + 1) << inner, 0, m);
    }
    uint tile_bits = stages - whole;
    for (uint tile = block << tile_bits; tile < (block + 1) << tile_bits; tile++) {
      forward_tile(d, table, tiles, degree, tile, m);
    }
  }
}

/* The first six stages of the inverse on one tile, from canonical words. */
INLINE void inverse_tile(__global const ulong *a, __global ulong *d, __global const ulong *table,
                         __global const ulong *tiles, uint degree, uint tile, modulus m) {
  __global const ulong *y = a + (ulong)tile * 64;
  residue x0 = of_words(CONST_VECTOR(y));
  residue x1 = of_words(CONST_VECTOR(y + 8));
  residue x2 = of_words(CONST_VECTOR(y + 16));
  residue x3 = of_words(CONST_VECTOR(y + 24));
  residue x4 = of_words(CONST_VECTOR(y + 32));
  residue x5 = of_words(CONST_VECTOR(y + 40));
  residue x6 = of_words(CONST_VECTOR(y + 48));
  residue x7 = of_words(CONST_VECTOR(y + 56));
  TRANSPOSE
  roots w = roots_at(tiles, 7 * tile + 3);
  INVERSE(x0, x1, w, m)
  w = roots_at(tiles, 7 * tile + 4);
  INVERSE(x2, x3, w, m)
  w = roots_at(tiles, 7 * tile + 5);
  INVERSE(x4, x5, w, m)
  w = roots_at(tiles, 7 * tile + 6);
  INVERSE(x6, x7, w, m)
  w = roots_at(tiles, 7 * tile + 1);
  INVERSE(x0, x2, w, m)
  INVERSE(x1, x3, w, m)
  w = roots_at(tiles, 7 * tile + 2);
  INVERSE(x4, x6, w, m)
  INVERSE(x5, x7, w, m)
  x0 = settle(x0, m);
  x4 = settle(x4, m);
  w = roots_at(tiles, 7 * tile);
  INVERSE(x0, x4, w, m)
  INVERSE(x1, x5, w, m)
  INVERSE(x2, x6, w, m)
  INVERSE(x3, x7, w, m)
  x1 = settle(x1, m);
  TRANSPOSE
  w = root_at(table, degree / 16 + 4 * tile);
  INVERSE(x0, x1, w, m)
  w = root_at(table, degree / 16 + 4 * tile + 1);
  INVERSE(x2, x3, w, m)
  w = root_at(table, degree / 16 + 4 * tile + 2);
  INVERSE(x4, x5, w, m)
  w = root_at(table, degree / 16 + 4 * tile + 3);
  INVERSE(x6, x7, w, m)
  x0 = settle(x0, m);
  x2 = settle(x2, m);
  x4 = settle(x4, m);
  x6 = settle(x6, m);
  w = root_at(table, degree / 32 + 2 * tile);
  INVERSE(x0, x2, w, m)
  INVERSE(x1, x3, w, m)
  w = root_at(table, degree / 32 + 2 * tile + 1);
  INVERSE(x4, x6, w, m)
  INVERSE(x5, x7, w, m)
  x1 = settle(x1, m);
  x5 = settle(x5, m);
  w = root_at(table, degree / 64 + tile);
  INVERSE(x0, x4, w, m)
  INVERSE(x1, x5, w, m)
  INVERSE(x2, x6, w, m)
  INVERSE(x3, x7, w, m)
  __global ulong *to = d + (ulong)tile * 64;
  VECTOR(to) = to_raw(settle(x0, m));
  VECTOR(to + 8) = to_raw(x1);
  VECTOR(to + 16) = to_raw(settle(x2, m));
  VECTOR(to + 24) = to_raw(settle(x3, m));
  VECTOR(to + 32) = to_raw(x4);
  VECTOR(to + 40) = to_raw(x5);
  VECTOR(to + 48) = to_raw(x6);
  VECTOR(to + 56) = to_raw(x7);
}

/* Stages s + 1 and s on blocks [block, end) of stage s. */
INLINE void inverse_two(__global ulong *d, __global const ulong *table, uint degree, uint s,
                        uint block, uint end, modulus m) {
  uint step = degree >> (s + 2);
  for (; block < end; block++) {
    roots w = root_at(table, (1u << s) + block);
    roots left = root_at(table, (2u << s) + 2 * block);
    roots right = root_at(table, (2u << s) + 2 * block + 1);
    __global ulong *x = d + (ulong)block * 4 * step;
    for (uint k = 0; k < step; k += 8) {
      residue x0 = RESIDUE(x + k);
      residue x1 = RESIDUE(x + k + step);
      residue x2 = RESIDUE(x + k + 2 * step);
      residue x3 = RESIDUE(x + k + 3 * step);
      INVERSE(x0, x1, left, m)
      INVERSE(x2, x3, right, m)
      INVERSE(x0, x2, w, m)
      INVERSE(x1, x3, w, m)
      VECTOR(x + k) = to_raw(settle(x0, m));
      VECTOR(x + k + step) = to_raw(settle(x1, m));
      VECTOR(x + k + 2 * step) = to_raw(x2);
      VECTOR(x + k + 3 * step) = to_raw(x3);
    }
  }
}

/* Stage 0, the last, whose root carries 1/N, as the sums must too: canonical words come out. */
INLINE void inverse_last(__global ulong *x, __global const ulong *table, roots scale, uint degree,
                         modulus m) {
  uint apart = degree / 2;
  roots w = root_at(table, 1);
  for (uint k = 0; k < apart; k += 8) {
    residue x0 = RESIDUE(x + k);
    residue x1 = RESIDUE(x + k + apart);
    INVERSE(x0, x1, w, m)
    VECTOR(x + k) = canonical(times_root(x0, scale, m), m);
    VECTOR(x + k + apart) = canonical(x1, m);
  }
}

/* Stages 1 and 0, likewise. */
INLINE void inverse_last_two(__global ulong *x, __global const ulong *table, roots scale,
                             uint degree, modulus m) {
  uint step = degree / 4;
  roots w = root_at(table, 1);
  roots left = root_at(table, 2);
  roots right = root_at(table, 3);
  for (uint k = 0; k < step; k += 8) {
    residue x0 = RESIDUE(x + k);
    residue x1 = RESIDUE(x + k + step);
    residue x2 = RESIDUE(x + k + 2 * step);
    residue x3 = RESIDUE(x + k + 3 * step);
    INVERSE(x0, x1, left, m)
    INVERSE(x2, x3, right, m)
    INVERSE(x0, x2, w, m)
    INVERSE(x1, x3, w, m)
    VECTOR(x + k) = canonical(times_root(x0, scale, m), m);
    VECTOR(x + k + step) = canonical(times_root(x1, scale, m), m);
    VECTOR(x + k + 2 * step) = canonical(x2, m);
    VECTOR(x + k + 3 * step) = canonical(x3, m);
  }
}

ONE_ITEM_A_GROUP __kernel void inverse_limb(KERNEL_ARGUMENTS) {
  descriptor_pointer x = single(pool, submission, NODE);
  __global ulong *d = OPERAND_D(x);
  __global const ulong *a = OPERAND_A(x);
  __global const ulong *entry = tables + MODULUS_WORDS * x->modulus;
  modulus m = modulus_at(tables, x->modulus);
  roots scale = root_at(entry + TABLE_INVERSE_DEGREE, 0);
  __global const ulong *table = tables + entry[TABLE_INVERSE];
  __global const ulong *tiles = tables + entry[TABLE_INVERSE_TILES];
  uint degree = DEGREE;
  uint stages = LOG_DEGREE - 6;
  uint whole = whole_stages(LOG_DEGREE);
  uint blocks = 1u << whole;
  for (uint block = 0; block < blocks; block++) {
    uint tile_bits = stages - whole;
    for (uint tile = block << tile_bits; tile < (block + 1) << tile_bits; tile++) {
      inverse_tile(a, d, table, tiles, degree, tile, m);
    }
    for (uint s = stages; s > whole; s -= 2) {
      uint inner = s - 2 - whole;
      inverse_two(d, table, degree, s - 2, block << inner, (block + 1) << inner, m);
    }
  }
  uint s = whole;
  for (; s > 2; s -= 2) {
    inverse_two(d, table, degree, s - 2, 0, 1u << (s - 2), m);
  }
  if (s == 2) {
    inverse_last_two(d, table, scale, degree, m);
  } else {
    inverse_last(d, table, scale, degree, m);
  }
}
