/** Random numbers of a seed, which a test prints: SEED=… repeats a run. */

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 32);
let state = seed >>> 0;

/** A number in [0, below), below at most 2^32 (mulberry32). */
export function randomBelow(below) {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
}

export function randomBytes(count) {
  return Buffer.from(Array.from({ length: count }, () => randomBelow(256)));
}

console.log(`seed ${seed}`);
