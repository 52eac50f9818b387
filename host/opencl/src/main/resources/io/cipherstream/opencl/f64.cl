/*
 * Residues in double precision, any modulus q below 2^50. Needs fp64 with a fused multiply-add.
 *
 * Write u = 2^-53 and R = 3 * 2^51. For |x y| <= 2^51, fma(x, y, R) - R is an integer at most 1/2
 * away from x y. For integers a, b with |a b| < 2^103 and |a b / q| <= 2^51:
 *   h = a b rounded, l = fma(a, b, -h) = a b - h exactly,
 *   c = fma(h, 1/q rounded, R) - R: an integer, and after two roundings before it,
 *   |c - a b / q| <= 1/2 + 2u |a b / q| (and a term in u^2, which q <= 2^50 - 2N makes up for),
 *   h - c q is an integer of magnitude below 2^53, so fma(-c, q, h) is exact, and so is the sum
 *   r = (h - c q) + l = a b - c q,  |r| <= (1/2 + 2u |a b / q|) q.
 * Roots are kept in (-q/2, q/2), so that |a| <= A q with A <= 4 is allowed and gives |r| <= P q
 * with P = 1/2 + A / 8. settle(x), x modulo q in the same way, gives |r| <= q/2 + 1 for |x| < 2^53.
 *
 * Ranges in units of q. Forward, two stages at a time, the first word settled before: what is
 * multiplied is at most A = 1/2 + 3P, so P = 0.9 and A = 3.2, and the end is 1/2 + 2P = 2.3. Three
 * stages twice from there, the first two words settled before each: A <= 3.82, ends 2.95 and 3.14.
 * Inverse, two stages at a time from 1: sums and differences 2, P = 3/4; sums of sums 4 and of
 * products 1.5, both settled; differences 4 and 1.5, P = 1 and 0.69. Three stages from canonical
 * words, whose differences are at most 1, and their sums' at most 2, settled as the code has it: A
 * <= 2.5, end 1.5; three more from there: A <= 3, end 1.
 */
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

#if LANES == 8
typedef double8 residue;
#define AS_REALS as_double8
#define AS_WORDS as_ulong8
#else
typedef double residue;
#define AS_REALS as_double
#define AS_WORDS as_ulong
#endif
typedef residue roots;
typedef struct {
  double q;
  double inverse;
  ulong word;
} modulus;

#define ROOT_WORDS 1
#define TWO_52 4503599627370496.0
#define ROUNDER 6755399441055744.0
#define TWO_52_BITS 0x4330000000000000UL
#define MANTISSA 0x000fffffffffffffUL

INLINE modulus modulus_at(__global const ulong *tables, uint index) {
  __global const ulong *entry = tables + MODULUS_WORDS * index;
  modulus m;
  m.word = entry[TABLE_Q];
  m.q = (double)m.word;
  m.inverse = as_double(entry[TABLE_INVERSE_REAL]);
  return m;
}

/* Exact for words below 2^52. */
INLINE residue of_words(words x) { return AS_REALS(x | TWO_52_BITS) - TWO_52; }
INLINE residue of_raw(words x) { return AS_REALS(x); }
INLINE words to_raw(residue x) { return AS_WORDS(x); }

INLINE roots root_at(__global const ulong *table, uint index) {
  return (residue)(as_double(table[index]));
}

INLINE roots roots_at(__global const ulong *table, uint index) {
  return AS_REALS(CONST_VECTOR(table + (ulong)index * LANES));
}

/* x / q to the nearest integer, about. */
INLINE residue quotient(residue x, modulus m) {
  return fma(x, (residue)(m.inverse), (residue)(ROUNDER)) - ROUNDER;
}

INLINE residue settle(residue x, modulus m) {
  return fma(-quotient(x, m), (residue)(m.q), x);
}

INLINE residue times(residue a, residue b, modulus m) {
  residue h = a * b;
  residue l = fma(a, b, -h);
  return fma(-quotient(h, m), (residue)(m.q), h) + l;
}

#define times_root times

/* From [-2^53, 2^53] to [0, q). */
INLINE words canonical(residue x, modulus m) {
  residue r = settle(x, m);
  r = (r < 0.0) ? r + m.q : r;
  return AS_WORDS(r + TWO_52) & MANTISSA;
}

#define FORWARD(x, y, w, m)              \
  {                                      \
    residue product = times(y, w, m);    \
    y = x - product;                     \
    x = x + product;                     \
  }

#define INVERSE(x, y, w, m)              \
  {                                      \
    residue difference = x - y;          \
    x = x + y;                           \
    y = times(difference, w, m);         \
  }

INLINE words multiply(words a, words b, modulus m) {
  return canonical(times(of_words(a), of_words(b), m), m);
}

/* Residues of any modulus of the ring modulo q. */
INLINE words reduce(words x, modulus m) { return canonical(of_words(x), m); }

/*
 * b below q and a below any modulus p of the ring give products of at most (1/2 + 2u p) q < 0.8q: q
 * and 7 stay below 2^53.
 */
typedef residue products;
#define PRODUCTS_MAX 7

INLINE products products_of(words start) { return of_words(start); }

INLINE products add_product(products p, words a, words b, modulus m) {
  return p + times(of_words(a), of_words(b), m);
}

INLINE words products_sum(products p, modulus m) { return canonical(p, m); }
