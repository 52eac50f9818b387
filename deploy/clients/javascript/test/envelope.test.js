import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Envelopes, Kind, importTransportKey } from "../src/envelope.js";
import { DEGREE } from "../src/parameters.js";
import { randomBelow, randomBytes } from "./random.js";

const transport = randomBytes(32);
const session = {
  sessionId: randomBytes(16),
  transportKey: await importTransportKey(transport),
  parametersDigest: randomBytes(32),
  fingerprint: randomBytes(32),
};
const envelopes = new Envelopes(session);
const inference = randomBytes(16);
const scale = 2 ** 29;

/** An answer of one limb, as docs/protocol.md has it, written byte by byte. */
function answer(change = () => {}) {
  const payload = randomBytes(2 * 6 * DEGREE);
  for (let i = 5; i < payload.length; i += 6) {
    payload[i] &= 0x7f; // below the prime of 48 bits
  }
  const header = Buffer.alloc(192);
  header.write("CSTM");
  header.writeUInt16LE(1, 4);
  header.set([Kind.CIPHERTEXT, 1, 1, 2], 6);
  header.writeUInt16LE(1, 10);
  header.writeDoubleLE(scale, 32);
  header.writeBigUInt64LE(BigInt(payload.length), 40);
  header.set(inference, 48);
  header.set(session.sessionId, 64);
  header.set(session.parametersDigest, 96);
  header.set(session.fingerprint, 128);
  const content = Buffer.concat([header, payload]);
  change(content);
  return new Uint8Array(Buffer.concat([content, createHmac("sha256", transport).update(content).digest()]));
}

const read = (envelope) => envelopes.answer(envelope, inference, 0, 1, scale);

test("an answer is read", async () => {
  const { c0, c1 } = await read(answer());
  assert.equal(c0.length, 2 * DEGREE);
  assert.equal(c1.length, 2 * DEGREE);
});

test("an answer with another header is refused, though its digest is right", async () => {
  for (let at = 0; at < 192; at += 1) {
    const changed = answer((content) => (content[at] ^= 1 << randomBelow(8)));
    await assert.rejects(read(changed), /another header/, `byte ${at}`);
  }
});

test("an answer that was changed, cut or has a word too large is refused", async () => {
  const changed = answer();
  changed[192 + randomBelow(changed.length - 192)] ^= 1 << randomBelow(8);
  await assert.rejects(read(changed), /changed on the way/);
  await assert.rejects(read(answer().slice(0, -1)), /the plan says/);
  await assert.rejects(read(answer((content) => content.fill(0xff, 192, 198))), /residue/);
  await assert.rejects(read(new Uint8Array(0)), /the plan says/);
});
