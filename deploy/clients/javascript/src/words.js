/**
 * Residues as words of 64 bits, and bit-packed as envelopes have them: residue k of a limb takes bits
 * [k·w, (k + 1)·w), w the bit length of the prime, least significant bit first.
 *
 * Words are a Uint32Array of pairs (low half, high half), limb after limb.
 */

import { DEGREE, bitLength } from "./parameters.js";

const PIECE_BITS = 24;

/** Bytes of a bit-packed polynomial over these primes. */
export function packedBytes(primes) {
  return primes.reduce((sum, prime) => sum + (DEGREE * bitLength(prime)) / 8, 0);
}

/** The words that lie in bytes at an offset, little endian. */
export function wordsAt(bytes, offset, count) {
  const copy = bytes.slice(offset, offset + 8 * count);
  return new Uint32Array(copy.buffer, 0, 2 * count);
}

/** The bytes of words, little endian: the same memory. */
export function bytesOf(words) {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** Refuses words of which one is not below its prime. */
export function checkBelow(words, primes, what) {
  primes.forEach((prime, limb) => {
    const low = Number(prime & 0xffffffffn);
    const high = Number(prime >> 32n);
    const end = 2 * DEGREE * (limb + 1);
    for (let i = 2 * DEGREE * limb; i < end; i += 2) {
      if (words[i + 1] > high || (words[i + 1] === high && words[i] >= low)) {
        throw new Error(`${what} has a residue that is not below its prime ${prime}`);
      }
    }
  });
}

/** Words to packed bytes. */
export function pack(words, primes) {
  const packed = new Uint8Array(packedBytes(primes));
  let at = 0;
  primes.forEach((prime, limb) => {
    const width = bitLength(prime);
    const end = 2 * DEGREE * (limb + 1);
    let kept = 0;
    let bits = 0;
    for (let i = 2 * DEGREE * limb; i < end; i += 2) {
      for (let done = 0; done < width; done += PIECE_BITS) {
        const taken = Math.min(PIECE_BITS, width - done);
        kept |= pieceOf(words[i], words[i + 1], done, taken) << bits;
        bits += taken;
        while (bits >= 8) {
          packed[at++] = kept & 0xff;
          kept >>>= 8;
          bits -= 8;
        }
      }
    }
  });
  return packed;
}

/** Bits [from, from + count) of a word; from is a multiple of 24, count at most 24. */
function pieceOf(low, high, from, count) {
  const shifted =
    from === 0 ? low : from === PIECE_BITS ? (low >>> 24) | (high << 8) : high >>> (from - 32);
  return shifted & ((1 << count) - 1);
}

/** Packed bytes to words, each checked to be below its prime. */
export function unpack(packed, primes, what) {
  if (packed.length !== packedBytes(primes)) {
    throw new Error(`${what} has ${packed.length} packed bytes, expected ${packedBytes(primes)}`);
  }
  const words = new Uint32Array(2 * DEGREE * primes.length);
  let at = 0;
  let word = 0;
  for (const prime of primes) {
    const width = bitLength(prime);
    let kept = 0;
    let bits = 0;
    for (let k = 0; k < DEGREE; k += 1) {
      let value = 0; // below 2^50, so that a double has it exactly
      for (let done = 0; done < width; done += PIECE_BITS) {
        const taken = Math.min(PIECE_BITS, width - done);
        while (bits < taken) {
          kept |= packed[at++] << bits;
          bits += 8;
        }
        value += (kept & ((1 << taken) - 1)) * 2 ** done;
        kept >>>= taken;
        bits -= taken;
      }
      words[word++] = value % 2 ** 32;
      words[word++] = Math.floor(value / 2 ** 32);
    }
  }
  checkBelow(words, primes, what);
  return words;
}
