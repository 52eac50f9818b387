/*
 * Residues in 64-bit integers, any modulus below 2^61.
 *
 * Roots carry Shoup's quotient floor(w 2^64 / q): for any 64-bit y, w y - floor(y w' / 2^64) q lies
 * in [0, 2q). Harvey's ranges: forward butterflies take and give [0, 4q), inverse ones [0, 2q).
 */
typedef words residue;
typedef ulong2 root;
typedef struct {
  words w;
  words quotient;
} roots;
typedef struct {
  ulong q;
  ulong word;
  ulong ratio_low, ratio_high;
  ulong ratio_64;
} modulus;

#define ROOT_WORDS 2

INLINE modulus modulus_at(__global const ulong *tables, uint index) {
  __global const ulong *entry = tables + MODULUS_WORDS * index;
  modulus m;
  m.q = m.word = entry[TABLE_Q];
  m.ratio_low = entry[TABLE_RATIO_LOW];
  m.ratio_high = entry[TABLE_RATIO_HIGH];
  m.ratio_64 = entry[TABLE_RATIO_64];
  return m;
}

INLINE residue of_words(words x) { return x; }
INLINE residue of_raw(words x) { return x; }
INLINE words to_raw(residue x) { return x; }

INLINE roots root_at(__global const ulong *table, uint index) {
  root pair = ((__global const root *)table)[index];
  roots r;
  r.w = (words)(pair.x);
  r.quotient = (words)(pair.y);
  return r;
}

INLINE roots roots_at(__global const ulong *table, uint index) {
  roots r;
  r.w = CONST_VECTOR(table + (ulong)index * 2 * LANES);
  r.quotient = CONST_VECTOR(table + (ulong)index * 2 * LANES + LANES);
  return r;
}

INLINE residue times_root(residue y, roots w, modulus m) {
  return y * w.w - mul_hi(y, w.quotient) * m.q;
}

/* [0, 4q) to [0, q). */
INLINE words canonical(residue x, modulus m) {
  return subtract_once(subtract_once(x, (words)(2 * m.q)), (words)(m.q));
}

INLINE residue settle(residue x, modulus m) { return x; }

#define FORWARD(x, y, w, m)                                   \
  {                                                           \
    residue reduced = subtract_once(x, (words)(2 * (m).q));   \
    residue product = times_root(y, w, m);                    \
    x = reduced + product;                                    \
    y = reduced - product + 2 * (m).q;                        \
  }

#define INVERSE(x, y, w, m)                                   \
  {                                                           \
    residue difference = x - y + 2 * (m).q;                   \
    x = subtract_once(x + y, (words)(2 * (m).q));             \
    y = times_root(difference, w, m);                         \
  }

/* The 128-bit number (high, low) modulo q, canonical; the quotient is at most one too small. */
INLINE words reduce_128(words high, words low, modulus m) {
  words ratio_low = (words)(m.ratio_low);
  words ratio_high = (words)(m.ratio_high);
  words carry = mul_hi(low, ratio_low);
  words sum = low * ratio_high + carry;
  words middle = mul_hi(low, ratio_high) + select((words)(0), (words)(1), (flags)(sum < carry));
  words cross = high * ratio_low;
  words total = sum + cross;
  middle += mul_hi(high, ratio_low) + select((words)(0), (words)(1), (flags)(total < cross));
  words quotient = high * ratio_high + middle;
  return subtract_once(low - quotient * m.q, (words)(m.q));
}

INLINE words multiply(words a, words b, modulus m) {
  return reduce_128(mul_hi(a, b), a * b, m);
}

/* Any 64-bit x modulo q. */
INLINE words reduce(words x, modulus m) {
  return subtract_once(x - mul_hi(x, (words)(m.ratio_64)) * m.q, (words)(m.q));
}

/* Sum of up to 64 products, each below 2^122, in 128 bits. */
typedef struct {
  words high;
  words low;
} products;
#define PRODUCTS_MAX 63

INLINE products products_of(words start) {
  products p;
  p.high = (words)(0);
  p.low = start;
  return p;
}

INLINE products add_product(products p, words a, words b, modulus m) {
  words low = p.low + a * b;
  p.high += mul_hi(a, b) + select((words)(0), (words)(1), (flags)(low < p.low));
  p.low = low;
  return p;
}

INLINE words products_sum(products p, modulus m) { return reduce_128(p.high, p.low, m); }
