/** Envelopes: 192 bytes of header, bit-packed residues, HMAC-SHA-256 of both. Little endian. */

import { webCrypto } from "#webcrypto";
import { concatenate, sameBytes, utf8 } from "./bytes.js";
import { dataPrimes, keyPrimes } from "./parameters.js";
import { pack, packedBytes, unpack } from "./words.js";

export const Kind = { SEEDED: 1, CIPHERTEXT: 2, ROTATION: 3, RELINEARISATION: 4, PUBLIC: 5 };

const HEADER_BYTES = 192;
const MAC_BYTES = 32;
const INPUTS = -1;
const NO_INFERENCE = new Uint8Array(16);

/** What every envelope of a session carries, and the key of its digests. */
export class Envelopes {
  /**
   * @param transportKey a CryptoKey for HMAC-SHA-256, as `importTransportKey` gives it
   */
  constructor({ sessionId, transportKey, parametersDigest, fingerprint }) {
    this.sessionId = sessionId;
    this.transportKey = transportKey;
    this.parametersDigest = parametersDigest;
    this.fingerprint = fingerprint;
  }

  #header({ kind, limbs, payloadBytes, polynomials = 1, digits = 0, step = 0, round = 0, index = 0,
    scale = 0, inference = NO_INFERENCE }) {
    const bytes = new Uint8Array(HEADER_BYTES);
    const view = new DataView(bytes.buffer);
    bytes.set(utf8("CSTM"));
    view.setUint16(4, 1, true);
    bytes.set([kind, 1, 1, polynomials], 6);
    view.setUint16(10, limbs, true);
    view.setUint16(12, digits, true);
    view.setInt32(16, step, true);
    view.setInt32(20, round, true);
    view.setInt32(24, index, true);
    view.setFloat64(32, scale, true);
    view.setBigUint64(40, BigInt(payloadBytes), true);
    bytes.set(inference, 48);
    bytes.set(this.sessionId, 64);
    bytes.set(this.parametersDigest, 96);
    bytes.set(this.fingerprint, 128);
    return bytes;
  }

  async #sealed(members, payload) {
    const content = concatenate([this.#header({ ...members, payloadBytes: payload.length }), payload]);
    const mac = await webCrypto.subtle.sign("HMAC", this.transportKey, content);
    return concatenate([content, new Uint8Array(mac)]);
  }

  /** The envelope of input `index` of an inference. */
  input(inference, index, limbs, scale, { seed, words }) {
    const payload = concatenate([seed, pack(words, dataPrimes(limbs))]);
    return this.#sealed({ kind: Kind.SEEDED, limbs, round: INPUTS, index, scale, inference }, payload);
  }

  /** The envelope of a key for ciphertexts of at most so many limbs. */
  key(kind, limbs, digits, step = 0) {
    const primes = keyPrimes(limbs);
    const parts = digits.flatMap(({ seed, words }) => [seed, pack(words, primes)]);
    return this.#sealed({ kind, limbs, digits: digits.length, step }, concatenate(parts));
  }

  /** The polynomials of answer `index`; refuses every other envelope. */
  async answer(envelope, inference, index, limbs, scale) {
    const primes = dataPrimes(limbs);
    const half = packedBytes(primes);
    const expected = HEADER_BYTES + 2 * half + MAC_BYTES;
    if (envelope.length !== expected) {
      throw new Error(`answer ${index} has ${envelope.length} bytes, the plan says ${expected}`);
    }
    const header = this.#header({
      kind: Kind.CIPHERTEXT, limbs, payloadBytes: 2 * half, polynomials: 2, index, scale, inference,
    });
    if (!sameBytes(envelope.subarray(0, HEADER_BYTES), header)) {
      throw new Error(`answer ${index} has another header than the plan's`);
    }
    const end = envelope.length - MAC_BYTES;
    const genuine = await webCrypto.subtle.verify(
      "HMAC", this.transportKey, envelope.subarray(end), envelope.subarray(0, end));
    if (!genuine) {
      throw new Error(`answer ${index} was changed on the way: its keyed digest differs`);
    }
    const payload = envelope.subarray(HEADER_BYTES, end);
    return {
      c0: unpack(payload.subarray(0, half), primes, `answer ${index}`),
      c1: unpack(payload.subarray(half), primes, `answer ${index}`),
    };
  }
}

/** A transport key that signs and verifies and cannot be read again. */
export function importTransportKey(bytes) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return webCrypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
}
