/**
 * The keys of one person: a secret key that stays here, and what is sent of it. SEAL makes them; each has only
 * as many limbs as the plan needs.
 */

import SEAL from "#seal";
import { sealModule } from "#seal-module";
import { webCrypto } from "#webcrypto";
import { concatenate, sha256, utf8 } from "./bytes.js";
import { encodeComplex } from "./complex.js";
import { Level } from "./level.js";
import { DEGREE, LIMBS_MOST, SLOTS, parametersDigest } from "./parameters.js";
import { bytesOf } from "./words.js";

/** SHA-256 that names a key pair in every message of its session. */
export async function keyFingerprint(publicKey) {
  const [{ seed, words }] = publicKey;
  const start = utf8("cipherstream-key-v1");
  return sha256(concatenate([start, await parametersDigest(), seed, bytesOf(words)]));
}

/** 3^step modulo 2N; 2N − 1 for step N/2, which means conjugation. */
export function galoisElement(step) {
  if (step === SLOTS) {
    return 2 * DEGREE - 1;
  }
  let element = 1;
  for (let turns = ((step % SLOTS) + SLOTS) % SLOTS; turns > 0; turns -= 1) {
    element = (element * 3) % (2 * DEGREE);
  }
  return element;
}

export class ClientKeys {
  #seal;
  #levels = new Map();
  #secret;

  constructor(seal, secret) {
    this.#seal = seal;
    this.#secret = secret ?? this.#level(LIMBS_MOST).newSecret();
    this.#levels.forEach((level) => level.setSecret(this.#secret));
  }

  /**
   * Keys of a stored secret key, or of a new one.
   *
   * @param secret words over all primes, as `secretWords` gives them
   */
  static async of(secret) {
    webCrypto.getRandomValues(new Uint8Array(1)); // SEAL needs it too
    return new ClientKeys(await SEAL(await sealModule()), secret);
  }

  /** The secret key, to be stored where nobody else reads it. */
  secretWords() {
    return this.#secret.slice();
  }

  #level(limbs) {
    let level = this.#levels.get(limbs);
    if (!level) {
      level = new Level(this.#seal, limbs);
      this.#levels.set(limbs, level);
      if (this.#secret) {
        level.setSecret(this.#secret);
      }
    }
    return level;
  }

  /** Each key is a list of digits {seed, words}. */
  publicKey() {
    return this.#level(LIMBS_MOST).publicKey();
  }

  relinearisationKey(limbs) {
    return this.#level(limbs).relinearisationKey();
  }

  rotationKey(step, limbs) {
    return this.#level(limbs).rotationKey(step === SLOTS ? 0 : step, galoisElement(step));
  }

  /** A fresh encryption of slots {real, imaginary?}: {seed, words}. */
  encrypt({ real, imaginary }, limbs, scale) {
    const level = this.#level(limbs);
    const words = imaginary
      ? encodeComplex(level, real, imaginary, scale)
      : level.encode(real, scale);
    return level.encrypt(words, scale);
  }

  /** The real parts of an answer's slots. */
  decrypt({ c0, c1 }, limbs, scale) {
    return this.#level(limbs).decrypt(c0, c1, scale);
  }

  /** Frees SEAL's memory and forgets the secret key. */
  close() {
    this.#levels.forEach((level) => level.delete());
    this.#levels.clear();
    this.#secret.fill(0);
  }
}
