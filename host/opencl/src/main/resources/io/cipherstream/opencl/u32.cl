/*
 * Residues in 32-bit integers, any modulus below 2^31, canonical between butterflies. Roots carry
 * Shoup's quotient floor(w 2^32 / q) in their upper half.
 */
#if LANES == 8
typedef uint8 residue;
#define TO_UINT convert_uint8
#define TO_WORDS convert_ulong8
#else
typedef uint residue;
#define TO_UINT convert_uint
#define TO_WORDS convert_ulong
#endif
typedef struct {
  residue w;
  residue quotient;
} roots;
typedef struct {
  ulong q;
  ulong word;
  ulong ratio_64;
} modulus;

#define ROOT_WORDS 1

INLINE modulus modulus_at(__global const ulong *tables, uint index) {
  __global const ulong *entry = tables + MODULUS_WORDS * index;
  modulus m;
  m.q = m.word = entry[TABLE_Q];
  m.ratio_64 = entry[TABLE_RATIO_64];
  return m;
}

INLINE residue of_words(words x) { return TO_UINT(x); }
INLINE residue of_raw(words x) { return TO_UINT(x); }
INLINE words to_raw(residue x) { return TO_WORDS(x); }

INLINE roots root_at(__global const ulong *table, uint index) {
  ulong packed = table[index];
  roots r;
  r.w = (residue)((uint)packed);
  r.quotient = (residue)((uint)(packed >> 32));
  return r;
}

INLINE roots roots_at(__global const ulong *table, uint index) {
  words packed = CONST_VECTOR(table + (ulong)index * LANES);
  roots r;
  r.w = TO_UINT(packed & 0xffffffffUL);
  r.quotient = TO_UINT(packed >> 32);
  return r;
}

INLINE residue wrapped_once(residue x, residue q) { return min(x, x - q); }

INLINE residue times_root(residue y, roots w, modulus m) {
  residue q = (residue)((uint)m.q);
  return wrapped_once(y * w.w - mul_hi(y, w.quotient) * q, q);
}

INLINE words canonical(residue x, modulus m) { return TO_WORDS(x); }
INLINE residue settle(residue x, modulus m) { return x; }

#define FORWARD(x, y, w, m)                        \
  {                                                \
    residue q = (residue)((uint)(m).q);            \
    residue product = times_root(y, w, m);         \
    residue difference = x - product;              \
    x = wrapped_once(x + product, q);              \
    y = min(difference, difference + q);           \
  }

#define INVERSE(x, y, w, m)                        \
  {                                                \
    residue q = (residue)((uint)(m).q);            \
    residue difference = x - y;                    \
    x = wrapped_once(x + y, q);                    \
    y = times_root(min(difference, difference + q), w, m); \
  }

/* Any 64-bit x modulo q. */
INLINE words reduce(words x, modulus m) {
  return subtract_once(x - mul_hi(x, (words)(m.ratio_64)) * m.q, (words)(m.q));
}

INLINE words multiply(words a, words b, modulus m) { return reduce(a * b, m); }

/* Products are below 2^62: three and a start fit 64 bits. */
typedef words products;
#define PRODUCTS_MAX 3

INLINE products products_of(words start) { return start; }

INLINE products add_product(products p, words a, words b, modulus m) { return p + a * b; }

INLINE words products_sum(products p, modulus m) { return reduce(p, m); }
