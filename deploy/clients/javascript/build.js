/** Makes the files of the page /try: node build.js FOLDER. */

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const folder = process.argv[2] ?? "dist";

await mkdir(folder, { recursive: true });
await build({
  entryPoints: ["page/page.js", "page/worker.js", "page/page.css"],
  bundle: true,
  format: "esm",
  platform: "browser",
  target: ["chrome105", "firefox115", "safari16"],
  legalComments: "inline",
  logLevel: "warning",
  outdir: folder,
});
for (const file of ["index.html", "icon.svg"]) {
  await cp(join("page", file), join(folder, file));
}
await cp("node_modules/node-seal/seal_throws_wasm_cf_worker.wasm", join(folder, "seal.wasm"));

/** What of other people's is in these files, under which terms. */
const licences = ["node-seal", "fflate"].map(async (name) => {
  const { version } = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
  const text = await readFile(`node_modules/${name}/LICENSE`, "utf8");
  return `${name} ${version}\n\n${text.trim()}\n`;
});
const seal = "node-seal contains Microsoft SEAL 4.1.2, Copyright (c) Microsoft Corporation, MIT License.\n";
await writeFile(join(folder, "licences.txt"), [...(await Promise.all(licences)), seal].join("\n----\n\n"));
