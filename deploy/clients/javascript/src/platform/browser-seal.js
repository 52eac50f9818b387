/** SEAL's WebAssembly, which the page's folder has beside its script. */
export async function sealModule() {
  const response = await fetch(new URL("seal.wasm", import.meta.url), { credentials: "omit" });
  if (!response.ok) {
    throw new Error(`seal.wasm could not be loaded: the appliance answered ${response.status}`);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}
