/**
 * Objects as SEAL 4.1 saves them without compression, little endian. Each has a head of 16 bytes: magic
 * 0xA15E, size of the head, version 4.1, compression 0, two zero bytes, bytes with the head.
 *
 * Every length follows from the parameter set; whatever differs is refused before it is copied.
 */

import { concatenate, sameBytes } from "./bytes.js";
import { DEGREE } from "./parameters.js";
import { bytesOf, checkBelow, wordsAt } from "./words.js";

const HEAD_BYTES = 16;
const HEAD = [0x5e, 0xa1, HEAD_BYTES, 4, 1, 0, 0, 0];
const ID_BYTES = 32;
export const SEED_BYTES = 64;
const BLAKE2XB = 1;

/** Reads one saved object; it never goes beyond its end. */
class Reader {
  constructor(bytes, what) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.what = what;
    this.at = 0;
  }

  take(count) {
    if (count > this.bytes.length - this.at) {
      throw new Error(`SEAL's ${this.what} ends after ${this.bytes.length} bytes, too early`);
    }
    this.at += count;
    return this.at - count;
  }

  expect(found, expected, member) {
    if (found !== expected) {
      throw new Error(`SEAL's ${this.what} has ${member} ${found}, expected ${expected}`);
    }
  }

  number(expected, member) {
    this.expect(this.view.getBigUint64(this.take(8), true), BigInt(expected), member);
  }

  byte(expected, member) {
    this.expect(this.bytes[this.take(1)], expected, member);
  }

  double() {
    return this.view.getFloat64(this.take(8), true);
  }

  id(expected) {
    const at = this.take(ID_BYTES);
    if (!sameBytes(this.bytes.subarray(at, at + ID_BYTES), expected)) {
      throw new Error(`SEAL's ${this.what} belongs to other parameters than these`);
    }
  }

  /** A head, and that the object has exactly so many bytes behind it. */
  head(content) {
    const at = this.take(HEAD_BYTES);
    HEAD.forEach((byte, i) => this.expect(this.bytes[at + i], byte, `byte ${i} of the head`));
    const size = this.view.getBigUint64(at + 8, true);
    this.expect(size, BigInt(HEAD_BYTES + content), "length");
  }

  words(count) {
    this.head(8 + 8 * count);
    this.number(count, "number of words");
    return wordsAt(this.bytes, this.take(8 * count), count);
  }

  end() {
    this.expect(this.at, this.bytes.length, "length");
  }
}

function arrayBytes(words) {
  return HEAD_BYTES + 8 + 8 * words;
}

const SEED_OBJECT_BYTES = HEAD_BYTES + 1 + SEED_BYTES;
const CIPHERTEXT_MEMBERS_BYTES = ID_BYTES + 1 + 5 * 8;

/** A ciphertext of which c₁ is a seed: its scale, seed and words of c₀, each below its prime. */
function seeded(reader, id, primes) {
  const count = DEGREE * primes.length;
  reader.head(CIPHERTEXT_MEMBERS_BYTES + arrayBytes(count) + SEED_OBJECT_BYTES);
  reader.id(id);
  reader.byte(1, "form");
  reader.number(2, "size");
  reader.number(DEGREE, "degree");
  reader.number(primes.length, "limbs");
  const scale = reader.double();
  reader.number(1, "correction factor");
  const words = reader.words(count);
  checkBelow(words, primes, `SEAL's ${reader.what}`);
  reader.head(SEED_OBJECT_BYTES - HEAD_BYTES);
  reader.byte(BLAKE2XB, "generator");
  const at = reader.take(SEED_BYTES);
  return { scale, words, seed: reader.bytes.slice(at, at + SEED_BYTES) };
}

/** Reads a saved ciphertext or public key over these primes. */
export function readSeeded(bytes, id, primes, what) {
  const reader = new Reader(bytes, what);
  const read = seeded(reader, id, primes);
  reader.end();
  return read;
}

/**
 * Reads saved keys of which exactly one is there: its digits, one for each prime but the last.
 *
 * @param slots places for keys, all others empty
 * @param slot the place of the one
 */
export function readSwitchingKey(bytes, id, primes, slots, slot, what) {
  const reader = new Reader(bytes, what);
  const digits = primes.length - 1;
  const digitBytes =
    HEAD_BYTES + CIPHERTEXT_MEMBERS_BYTES + arrayBytes(DEGREE * primes.length) + SEED_OBJECT_BYTES;
  reader.head(ID_BYTES + 8 + 8 * slots + digits * digitBytes);
  reader.id(id);
  reader.number(slots, "number of keys");
  const read = [];
  for (let i = 0; i < slots; i += 1) {
    reader.number(i === slot ? digits : 0, `number of digits of key ${i}`);
    for (let j = 0; i === slot && j < digits; j += 1) {
      read.push(seeded(reader, id, primes));
    }
  }
  reader.end();
  return read;
}

/** Reads a saved secret key or plaintext over these primes: its words. */
export function readPlaintext(bytes, id, primes, what) {
  const reader = new Reader(bytes, what);
  const count = DEGREE * primes.length;
  reader.head(ID_BYTES + 2 * 8 + arrayBytes(count));
  reader.id(id);
  reader.number(count, "number of coefficients");
  reader.double();
  const words = reader.words(count);
  reader.end();
  checkBelow(words, primes, `SEAL's ${what}`);
  return words;
}

function head(content) {
  const bytes = new Uint8Array(HEAD_BYTES);
  bytes.set(HEAD);
  new DataView(bytes.buffer).setBigUint64(8, BigInt(HEAD_BYTES + content), true);
  return bytes;
}

function number(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

function double(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

function object(parts) {
  const content = concatenate(parts);
  return concatenate([head(content.length), content]);
}

function array(words) {
  return object([number(words.length / 2), bytesOf(words)]);
}

/** A secret key (scale 1) or a plaintext, as SEAL would save it. */
export function writePlaintext(words, id, scale) {
  return object([id, number(words.length / 2), double(scale), array(words)]);
}

/** A ciphertext (c₀, c₁), as SEAL would save it. */
export function writeCiphertext(c0, c1, id, scale) {
  const words = new Uint32Array(c0.length + c1.length);
  words.set(c0);
  words.set(c1, c0.length);
  const limbs = c0.length / 2 / DEGREE;
  return object([
    id, Uint8Array.of(1), number(2), number(DEGREE), number(limbs), double(scale), number(1),
    array(words),
  ]);
}
