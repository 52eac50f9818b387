import assert from "node:assert/strict";
import { test } from "node:test";
import { DEGREE, DATA_PRIMES, SPECIAL_PRIME, bitLength, parametersDigest } from "../src/parameters.js";
import { toHex } from "../src/bytes.js";
import { randomBelow } from "./random.js";
import { pack, packedBytes, unpack } from "../src/words.js";

const PRIMES = [...DATA_PRIMES, SPECIAL_PRIME];

function residues(prime) {
  const random = () => (BigInt(randomBelow(2 ** 32)) * 2n ** 32n + BigInt(randomBelow(2 ** 32))) % prime;
  return [0n, 1n, prime - 1n, ...Array.from({ length: DEGREE - 3 }, random)];
}

function wordsOf(values) {
  return new Uint32Array(BigUint64Array.from(values).buffer);
}

/** The same by arithmetic on one large number a limb. */
function packedByArithmetic(values, width) {
  let number = "";
  for (const value of values) {
    number = value.toString(2).padStart(width, "0") + number;
  }
  return Uint8Array.from({ length: number.length / 8 }, (_, i) =>
    parseInt(number.slice(number.length - 8 * i - 8, number.length - 8 * i), 2));
}

test("packed residues are those of one long binary number, and come back", () => {
  for (const prime of PRIMES) {
    const values = residues(prime);
    const packed = pack(wordsOf(values), [prime]);
    assert.deepEqual(packed, packedByArithmetic(values, bitLength(prime)));
    assert.deepEqual(unpack(packed, [prime], "x"), wordsOf(values));
  }
  const all = PRIMES.map(residues).flat();
  assert.deepEqual(unpack(pack(wordsOf(all), PRIMES), PRIMES, "x"), wordsOf(all));
});

test("a residue that is its prime, and another length, are refused", () => {
  for (const prime of PRIMES) {
    const values = residues(prime);
    values[randomBelow(DEGREE)] = prime;
    assert.throws(() => unpack(pack(wordsOf(values), [prime]), [prime], "answer 0"), /answer 0 has a residue/);
  }
  assert.throws(() => unpack(new Uint8Array(packedBytes(PRIMES) - 1), PRIMES, "x"), /packed bytes/);
});

test("the parameter set has the digest of docs/protocol.md", async () => {
  const digest = "cdd6e86b1aac3820f7e1a31beeb61956d4b806f404f4375b4625e9a690351102";
  assert.equal(toHex(await parametersDigest()), digest);
});
