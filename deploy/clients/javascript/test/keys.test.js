import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ClientKeys, galoisElement } from "../src/keys.js";
import { DEGREE, SLOTS, dataPrimes, keyPrimes } from "../src/parameters.js";
import { readSeeded } from "../src/saved.js";
import SEAL from "#seal";
import { sealModule } from "#seal-module";
import { Level } from "../src/level.js";
import { randomBelow } from "./random.js";

const keys = await ClientKeys.of();
const seal = await SEAL(await sealModule());
const level = new Level(seal, 1);
level.setSecret(level.newSecret());
after(() => {
  keys.close();
  level.delete();
});

test("each key has the digits and limbs of its level, and no seed twice", () => {
  const all = [
    [keys.publicKey(), 1, 5], [keys.relinearisationKey(4), 4, 4], [keys.rotationKey(-32, 3), 3, 3],
    [keys.rotationKey(SLOTS, 4), 4, 4], [keys.rotationKey(1024, 1), 1, 1],
  ];
  const seeds = new Set();
  for (const [key, digits, limbs] of all) {
    assert.equal(key.length, digits);
    for (const { seed, words } of key) {
      assert.equal(words.length, 2 * DEGREE * keyPrimes(limbs).length);
      seeds.add(seed.join());
    }
  }
  assert.equal(seeds.size, all.reduce((sum, [, digits]) => sum + digits, 0));
});

test("Galois elements are powers of three", () => {
  assert.equal(galoisElement(1), 3);
  assert.equal(galoisElement(-1) * 3 % (2 * DEGREE), 1);
  assert.equal(galoisElement(SLOTS), 2 * DEGREE - 1);
});

test("every level has the same secret key", () => {
  const whole = new Level(seal, 5);
  const secret = whole.newSecret();
  whole.delete();
  level.setSecret(secret);
  const other = new Level(seal, 3);
  other.setSecret(secret);
  const slots = Float64Array.from({ length: SLOTS }, () => randomBelow(2 ** 32) / 2 ** 31 - 1);
  const plain = other.seal.PlainText();
  const sealed = other.seal.CipherText();
  const encoder = other.seal.CKKSEncoder(other.context);
  const unused = other.generator.createPublicKey();
  const encryptor = other.seal.Encryptor(other.context, unused, other.secret);
  encoder.encode(slots, 2 ** 29, plain);
  encryptor.encryptSymmetric(plain, sealed);
  const evaluator = other.seal.Evaluator(other.context);
  evaluator.cipherModSwitchTo(sealed, other.context.lastParmsId, sealed); // one limb, as an answer has
  const saved = other.saved(sealed);
  const words = new Uint32Array(saved.slice(saved.length - 16 * DEGREE).buffer);
  const read = level.decrypt(words.slice(0, 2 * DEGREE), words.slice(2 * DEGREE), 2 ** 29);
  const error = Math.max(...slots.map((slot, i) => Math.abs(slot - read[i])));
  assert.ok(error < 1e-4, `largest error ${error}`);
  [plain, sealed, encoder, unused, encryptor, evaluator].forEach((object) => object.delete());
  other.delete();
});

test("what SEAL saves is read, and nothing else is", () => {
  const key = level.generator.createPublicKeySerializable();
  const bytes = level.saved(key);
  key.delete();
  const read = (changed) => readSeeded(changed, level.keyId, level.keyPrimes, "public key");
  assert.equal(read(bytes).seed.length, 64);
  for (let at = 0; at < 16 + 32 + 1 + 24; at += 1) {
    const changed = bytes.slice();
    changed[at] ^= 1 << randomBelow(8);
    assert.throws(() => read(changed), /SEAL's public key/, `byte ${at}`);
  }
  for (const length of [0, 1, 15, 16, 40, 100, randomBelow(bytes.length), bytes.length - 1]) {
    assert.throws(() => read(bytes.slice(0, length)), /SEAL's public key/, `${length} bytes`);
  }
  const more = new Uint8Array(bytes.length + 1);
  more.set(bytes);
  assert.throws(() => read(more), /SEAL's public key/);
  const large = bytes.slice();
  large.fill(0xff, 200, 208);
  assert.throws(() => read(large), /residue/);
  assert.throws(() => readSeeded(bytes, level.dataId, dataPrimes(1), "x"), /SEAL's x/);
});
