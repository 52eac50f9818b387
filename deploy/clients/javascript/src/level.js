/**
 * SEAL at one number of limbs: contexts over q₀ … q_{ℓ−1} and P, in which keys and fresh ciphertexts have exactly
 * the limbs that the appliance takes. All levels have the same secret key.
 */

import { DEGREE, keyPrimes, dataPrimes } from "./parameters.js";
import { readPlaintext, readSeeded, readSwitchingKey, writeCiphertext, writePlaintext } from "./saved.js";

/** Frees SEAL's objects in the end, whatever happens. */
export function using(objects, work) {
  try {
    return work(...objects);
  } finally {
    objects.forEach((object) => object.delete());
  }
}

function idOf(parmsId) {
  return using([parmsId], (id) => new Uint8Array(id.values.buffer.slice(0)));
}

export class Level {
  /**
   * @param seal the library node-seal
   * @param limbs ℓ
   */
  constructor(seal, limbs) {
    this.seal = seal;
    this.limbs = limbs;
    this.dataPrimes = dataPrimes(limbs);
    this.keyPrimes = keyPrimes(limbs);
    const moduli = this.keyPrimes.map((prime) => seal.Modulus(prime));
    const vector = seal.Vector();
    vector.from(moduli.map((modulus) => modulus.instance), "Modulus");
    const parameters = seal.EncryptionParameters(seal.SchemeType.ckks);
    this.context = using([parameters, vector, ...moduli], () => {
      parameters.setPolyModulusDegree(DEGREE);
      parameters.setCoeffModulus(vector);
      return seal.Context(parameters, true, seal.SecurityLevel.tc128);
    });
    if (!this.context.parametersSet()) {
      throw new Error(`SEAL does not take the parameters at ${limbs} limbs as 128-bit secure`);
    }
    this.keyId = idOf(this.context.keyParmsId);
    this.dataId = idOf(this.context.firstParmsId);
  }

  /** A new secret key: its words over the key's primes. */
  newSecret() {
    const generator = this.seal.KeyGenerator(this.context);
    const key = generator.secretKey();
    return using([key, generator], () =>
      readPlaintext(this.saved(key), this.keyId, this.keyPrimes, "secret key"));
  }

  /** Takes a secret key: words over the primes of a level of at least as many limbs. */
  setSecret(words) {
    const limb = 2 * DEGREE;
    const own = new Uint32Array(limb * this.keyPrimes.length);
    own.set(words.subarray(0, limb * this.limbs));
    own.set(words.subarray(words.length - limb), limb * this.limbs);
    this.secret = this.seal.SecretKey();
    this.secret.loadArray(this.context, writePlaintext(own, this.keyId, 1));
    own.fill(0);
    this.generator = this.seal.KeyGenerator(this.context, this.secret);
  }

  saved(object) {
    return object.saveArray(this.seal.ComprModeType.none);
  }

  publicKey() {
    return using([this.generator.createPublicKeySerializable()], (key) =>
      [readSeeded(this.saved(key), this.keyId, this.keyPrimes, "public key")]);
  }

  relinearisationKey() {
    return using([this.generator.createRelinKeysSerializable()], (key) =>
      readSwitchingKey(this.saved(key), this.keyId, this.keyPrimes, 1, 0, "relinearisation key"));
  }

  /** The key of a rotation by a step, or of conjugation, which SEAL names step 0. */
  rotationKey(step, galoisElement) {
    return using([this.generator.createGaloisKeysSerializable(Int32Array.of(step))], (key) =>
      readSwitchingKey(
        this.saved(key), this.keyId, this.keyPrimes, DEGREE, (galoisElement - 1) / 2, "rotation key"));
  }

  /** The words of the plaintext of N/2 real slots. */
  encode(slots, scale) {
    const encoder = this.seal.CKKSEncoder(this.context);
    return using([this.seal.PlainText(), encoder], (plain) => {
      encoder.encode(slots, scale, plain);
      return readPlaintext(this.saved(plain), this.dataId, this.dataPrimes, "plaintext");
    });
  }

  /** A fresh symmetric encryption of a plaintext's words: {scale, words, seed}. */
  encrypt(words, scale) {
    this.encryptor ??= using([this.generator.createPublicKey()], (unused) =>
      this.seal.Encryptor(this.context, unused, this.secret)); // its constructor asks for one
    return using([this.seal.PlainText()], (plain) => {
      plain.loadArray(this.context, writePlaintext(words, this.dataId, scale));
      return using([this.encryptor.encryptSymmetricSerializable(plain)], (sealed) =>
        readSeeded(this.saved(sealed), this.dataId, this.dataPrimes, "ciphertext"));
    });
  }

  /** The real parts of the slots of a ciphertext, whose words have been checked. */
  decrypt(c0, c1, scale) {
    const decryptor = this.seal.Decryptor(this.context, this.secret);
    const encoder = this.seal.CKKSEncoder(this.context);
    return using([this.seal.CipherText(), this.seal.PlainText(), decryptor, encoder], (sealed, plain) => {
      sealed.loadArray(this.context, writeCiphertext(c0, c1, this.dataId, scale));
      decryptor.decrypt(sealed, plain);
      return encoder.decode(plain);
    });
  }

  delete() {
    this.encryptor?.delete();
    this.generator?.delete();
    this.secret?.delete();
    this.context.delete();
  }
}
