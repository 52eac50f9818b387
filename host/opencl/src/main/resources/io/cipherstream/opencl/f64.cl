/*
 * Residues in double precision, any modulus q below 2^50. Needs fp64 with a fused multiply-add.
 *
 * Write u = 2^-53. nearest(x) adds and subtracts 3 * 2^51, which rounds |x| <= 2^51 to an integer.
 * For integers a, b with |a b| < 2^103 and |a b / q| < 2^51:
 *   h = a b rounded, l = fma(a, b, -h) = a b - h exactly,
 *   c = nearest(h / q), the quotient computed as h times the rounded 1/q: three roundings, so that
 *   |c - a b / q| <= 1/2 + 3u |a b / q| (and terms in u^2, which q <= 2^50 - 2N makes up for),
 *   h - c q is an integer of magnitude below 2^53, so fma(-c, q, h) is exact, and so is the sum
 *   r = (h - c q) + l = a b - c q,  |r| <= (1/2 + 3u |a b / q|) q.
 * Roots are kept in (-q/2, q/2): |a| <= A q with A <= 4 gives |r| <= (1/2 + 0.1875 A) q, as
 * 3u A q / 2 <= 0.1875 A. settle(x) = x - nearest(x / q) q gives |r| <= q/2 + 1 for |x| < 2^53.
 *
 * Ranges in units of q; P bounds products, A what is multiplied. Forward, two stages at a time, the
 * two that are only added to settled before: A = 1/2 + 2P, P = 1/2 + 0.1875 A: P < 0.96, A < 2.42.
 * Three stages, four settled before, from 2.42 or 3.14: P <= 1.09, 0.8, 0.95, A < 3.2, end < 3.34.
 * Inverse, two stages at a time from 1: sums 2, differences 2, P = 0.875; the sums settled, then
 * sums 1 (of sums) and 1.75 (of products; settled), products of differences 0.69 and 0.83. Three
 * stages from words in [0, q): two as above, then at most 1.75; three more from there: differences
 * 3.5, P = 1.16, the sums settled; differences 2.32, P = 0.94, the sums of products settled; 2.
 *
 * No sum here has a product as a term except through fma(), so a compiler that contracts changes
 * nothing but c, within its bound.
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

INLINE residue nearest(residue x) { return (x + ROUNDER) - ROUNDER; }

INLINE residue settle(residue x, modulus m) {
  return fma(-nearest(x * m.inverse), (residue)(m.q), x);
}

INLINE residue times(residue a, residue b, modulus m) {
  residue h = a * b;
  residue l = fma(a, b, -h);
  residue c = nearest(h * m.inverse);
  return fma(-c, (residue)(m.q), h) + l;
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

/* Canonical operands give products of at most (1/2 + 3u q) q < 0.9q: up to 8 stay below 2^53. */
typedef residue products;
#define PRODUCTS_MAX 7

INLINE products products_of(words start) { return of_words(start); }

INLINE products add_product(products p, words a, words b, modulus m) {
  return p + times(of_words(a), of_words(b), m);
}

INLINE words products_sum(products p, modulus m) { return canonical(p, m); }
