/**
 * The CKKS parameter set of sealed models at N = 8192, as docs/protocol.md has it, and its digest.
 * Residues are 64-bit words, kept as pairs of 32-bit halves, low half first.
 */

import { concatenate, sha256, utf8 } from "./bytes.js";

export const NAME = "n8192-sealed";
export const DEGREE = 8192;
export const SLOTS = DEGREE / 2;

/** The data primes q₀ … q₄ in the order of a ciphertext's limbs. */
export const DATA_PRIMES = [281474976694273n, 536690689n, 536641537n, 536608769n, 536543233n];

/** The special prime P of keys. */
export const SPECIAL_PRIME = 1125899906826241n;

export const LIMBS_MOST = DATA_PRIMES.length;

/** Primes of a ciphertext of so many limbs. */
export function dataPrimes(limbs) {
  return DATA_PRIMES.slice(0, limbs);
}

/** Primes of a key for ciphertexts of so many limbs: P comes last. */
export function keyPrimes(limbs) {
  return [...dataPrimes(limbs), SPECIAL_PRIME];
}

export function bitLength(prime) {
  return prime.toString(2).length;
}

/** SHA-256 that names this set: 32 bytes. */
export async function parametersDigest() {
  const numbers = new DataView(new ArrayBuffer(4 + 8 + 8 * (LIMBS_MOST + 1)));
  numbers.setUint32(0, DEGREE);
  numbers.setBigUint64(4, BigInt(LIMBS_MOST));
  keyPrimes(LIMBS_MOST).forEach((prime, i) => numbers.setBigUint64(12 + 8 * i, prime));
  return sha256(concatenate([utf8("ckks"), new Uint8Array(numbers.buffer)]));
}
