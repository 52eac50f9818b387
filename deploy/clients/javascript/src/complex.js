/**
 * Complex slots a + i·b from two real encodings. X^{N/2} has the value i·(−1)^k at slot k, so a + i·b is
 * encode(a) + X^{N/2} · encode((−1)^k·b). In NTT order X^{N/2} is ι in the first half of a limb and −ι in the
 * second, ι = ψ^{N/2} with the smallest primitive 2N-th root ψ.
 */

import { DEGREE } from "./parameters.js";

function power(base, exponent, q) {
  let result = 1n;
  for (let square = base % q, e = exponent; e > 0n; e >>= 1n, square = (square * square) % q) {
    if (e & 1n) {
      result = (result * square) % q;
    }
  }
  return result;
}

/** The smallest primitive 2N-th root of unity modulo a prime. */
export function smallestRoot(q) {
  const order = BigInt(2 * DEGREE);
  let root = 0n;
  for (let base = 2n; power(root, order / 2n, q) !== q - 1n; base += 1n) {
    root = power(base, (q - 1n) / order, q);
  }
  const square = (root * root) % q;
  let smallest = root;
  for (let k = 0; k < DEGREE; k += 1) {
    smallest = root < smallest ? root : smallest;
    root = (root * square) % q;
  }
  return smallest;
}

const QUARTERS = new Map();

function quarter(q) {
  if (!QUARTERS.has(q)) {
    QUARTERS.set(q, power(smallestRoot(q), BigInt(DEGREE / 2), q));
  }
  return QUARTERS.get(q);
}

/** The words of a + i·b from those of encode(a) and of encode((−1)^k·b). */
export function combine(real, imaginary, primes) {
  const a = new BigUint64Array(real.buffer, real.byteOffset, real.length / 2);
  const b = new BigUint64Array(imaginary.buffer, imaginary.byteOffset, imaginary.length / 2);
  const sum = new BigUint64Array(a.length);
  primes.forEach((q, limb) => {
    const iota = quarter(q);
    for (let i = 0; i < DEGREE; i += 1) {
      const at = limb * DEGREE + i;
      const turned = (b[at] * iota) % q;
      sum[at] = (i < DEGREE / 2 ? a[at] + turned : a[at] + q - turned) % q;
    }
  });
  return new Uint32Array(sum.buffer);
}

/** The words of complex slots at a level. */
export function encodeComplex(level, real, imaginary, scale) {
  const signed = imaginary.map((value, k) => (k % 2 ? -value : value));
  const words = level.encode(real, scale);
  return imaginary.every((value) => value === 0)
    ? words
    : combine(words, level.encode(signed, scale), level.dataPrimes);
}
