/** What a sealed model of 128 features and four heads sends, which keys it needs, and its digest (docs/protocol.md). */

import { sha256, toHex, utf8 } from "./bytes.js";
import { DATA_PRIMES, SLOTS, parametersDigest } from "./parameters.js";

export const MODE = "sealed";
export const RELINEARISATION_LIMBS = 4;
export const FEATURES = 128;

const VERSION = 3;
const HEADS = 4;
const ROWS = SLOTS / FEATURES;
const REACH = 3;
const INPUT_SCALE = 2 ** 29;
const ROW_LIMBS = 5;
const WEIGHT_LIMBS = 3;

/** Refuses a model whose plan this file does not have. */
export function checkShape(shape) {
  const expected = { width: FEATURES, heads: HEADS, head: "classes", pooling: "cls" };
  for (const [name, value] of Object.entries(expected)) {
    if (shape?.[name] !== value) {
      throw new Error(`the model has ${name} ${shape?.[name]}: this client knows only ${value}`);
    }
  }
  if (shape.labels?.length !== 2) {
    throw new Error(`the model has ${shape.labels?.length} labels: this client knows only two`);
  }
}

/** The token class of so many chunks. */
export function tokensMost(chunks) {
  return chunks === 1 ? ROWS - REACH : chunks * (ROWS - 2 * REACH);
}

/** The fewest chunks that hold a text of so many tokens. */
export function chunksFor(tokens) {
  let chunks = 1;
  while (tokensMost(chunks) < tokens) {
    chunks += 1;
  }
  return chunks;
}

/** {limbs, scale} of each envelope that is sent. */
export function inputs(chunks) {
  const rows = { limbs: ROW_LIMBS, scale: INPUT_SCALE };
  const weights = { limbs: WEIGHT_LIMBS, scale: INPUT_SCALE };
  return [rows, ...Array.from({ length: chunks }, () => [rows, weights]).flat()];
}

/** The answer's one limb, and its scale after four rescales, rounded to a double after each operation. */
export const OUTPUT = (() => {
  const [, q1, q2, q3] = DATA_PRIMES.map(Number);
  const square = (INPUT_SCALE * INPUT_SCALE) / q3;
  const weighted = (square * INPUT_SCALE) / q2;
  const value = (square * (q2 / 2)) / q2;
  return { limbs: 1, scale: (weighted * value) / q1 };
})();

/** Rotation step → limbs, sorted by step; conjugation is step N/2. */
export function rotations() {
  const limbs = new Map();
  for (let step = 1; step < SLOTS; step *= 2) {
    limbs.set(step, 1); // the last sum, over all slots
  }
  limbs.set(32, 3).set(-32, 3); // the heads' positions
  for (let step = 1; step <= 16; step += 1) {
    limbs.set(step, 5); // baby steps and the giant step
  }
  for (const rows of [-4, -2, 2]) {
    limbs.set(rows * FEATURES, 5); // the window's tokens
  }
  limbs.set(SLOTS, 4);
  return new Map([...limbs].sort(([a], [b]) => a - b));
}

function turned(row) {
  return row.map((_, j) => row[(j + FEATURES / 2) % FEATURES]);
}

/** The slots of each envelope, {real, imaginary?}, from normalised embeddings: Float64Arrays of 128 features. */
export function slots(rows, chunks) {
  const mean = new Float64Array(FEATURES);
  rows.forEach((row) => row.forEach((value, j) => (mean[j] += value / rows.length)));
  const repeated = { real: new Float64Array(SLOTS), imaginary: new Float64Array(SLOTS) };
  for (let r = 0; r < ROWS; r += 1) {
    repeated.real.set(mean, r * FEATURES);
    repeated.imaginary.set(turned(mean), r * FEATURES);
  }
  const vectors = [repeated];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    vectors.push(...chunkSlots(rows, chunk, chunks));
  }
  return vectors;
}

function chunkSlots(rows, chunk, chunks) {
  const core = ROWS - 2 * REACH;
  const x = new Float64Array(SLOTS);
  const weights = new Float64Array(SLOTS);
  for (let token = -REACH; token < ROWS - REACH; token += 1) {
    const row = (token + 1 + ROWS) % ROWS;
    const found = rows[chunk * core + token];
    if (found) {
      x.set(found, row * FEATURES);
      if (token >= 0 && token < (chunks === 1 ? ROWS - REACH : core)) {
        weights.fill(1 / rows.length, row * FEATURES, (row + 1) * FEATURES);
      }
    }
  }
  const next = x.map((_, i) => x[(i + FEATURES) % SLOTS]);
  return [{ real: x, imaginary: next }, { real: weights }];
}

/** The mean of all slots but row 0 is the second logit minus the first. */
export function logits(answerSlots) {
  let sum = 0;
  for (let i = FEATURES; i < SLOTS; i += 1) {
    sum += answerSlots[i];
  }
  const difference = sum / (SLOTS - FEATURES);
  return [-difference / 2, difference / 2];
}

/** As Java's Double.toString writes it. */
function javaDouble(value) {
  const [mantissa, exponent] = String(value).split("e");
  const pointed = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  return exponent ? `${pointed}E${Number(exponent)}` : pointed;
}

/** As Java's Double.toHexString writes a normal, positive number. */
export function javaHex(value) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const exponent = ((view.getUint16(0) >> 4) & 0x7ff) - 1023;
  const fraction = (view.getBigUint64(0) & ((1n << 52n) - 1n)).toString(16).padStart(13, "0");
  return `0x1.${fraction.replace(/0+$/, "") || "0"}p${exponent}`;
}

function specs(what, list) {
  return `${what} ${list.map(({ limbs, scale }) => `${limbs}@${javaHex(scale)}`).join(" ")}\n`;
}

const WORDS = ["activation", "attention", "norm", "pooling", "head"];
const SHAPE = [
  "layers", "width", "heads", "ffnWidth", "positions", "vocabulary", ...WORDS, "labels", "hinges", "pooler",
  "layerNormEpsilon",
];

function shapeText(shape) {
  const members = SHAPE.map((name) => {
    const value = shape[name];
    const text = WORDS.includes(name)
      ? value.toUpperCase()
      : name === "labels"
        ? `[${value.join(", ")}]`
        : name === "layerNormEpsilon"
          ? javaDouble(value)
          : String(value);
    return `${name}=${text}`;
  });
  return `ModelShape[${members.join(", ")}]`;
}

/** The text of all that client and appliance must agree on. */
export async function planText(shape, chunks) {
  const steps = [...rotations()].map(([step, limbs]) => `${step}=${limbs}`).join(", ");
  return (
    `cipherstream plan ${VERSION}\n${shapeText(shape)}\n${MODE.toUpperCase()} ${tokensMost(chunks)}\n` +
    `${toHex(await parametersDigest())}\n${specs("in", inputs(chunks))}${specs("out", [OUTPUT])}` +
    `{${steps}}${RELINEARISATION_LIMBS}`
  );
}

export async function planDigest(shape, chunks) {
  return toHex(await sha256(utf8(await planText(shape, chunks))));
}
