/** Bytes: joined, compared, in hexadecimal, random, hashed. */

import { webCrypto } from "#webcrypto";

const HEX = /^[0-9a-f]*$/;

export function utf8(text) {
  return new TextEncoder().encode(text);
}

export function concatenate(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether two arrays have the same bytes. Only for what is public: it ends at the first that differs. */
export function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes of a hexadecimal text of exactly so many bytes; `what` names it in the error. */
export function fromHex(text, length, what) {
  if (typeof text !== "string" || text.length !== 2 * length || !HEX.test(text)) {
    throw new Error(`${what}: expected ${2 * length} hexadecimal digits`);
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function randomBytes(length) {
  return webCrypto.getRandomValues(new Uint8Array(length));
}

export async function sha256(bytes) {
  return new Uint8Array(await webCrypto.subtle.digest("SHA-256", bytes));
}
