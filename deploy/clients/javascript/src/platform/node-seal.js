/** SEAL's WebAssembly from the package node-seal. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

export async function sealModule() {
  const path = createRequire(import.meta.url).resolve("node-seal/seal_throws_wasm_cf_worker.wasm");
  return WebAssembly.compile(await readFile(path));
}
