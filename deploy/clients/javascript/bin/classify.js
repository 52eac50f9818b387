#!/usr/bin/env node
/** Classifies sentences under encryption, one JSON object a line. See README.md. */

import { parseArgs } from "node:util";
import { SealedModel } from "../src/index.js";

const USAGE = `classify.js --url https://HOST:PORT [--model sst2-sealed] --text TEXT [--text TEXT …]
The environment variable CIPHERSTREAM_API_KEY holds the appliance's API key; for a certificate of the appliance's own,
NODE_EXTRA_CA_CERTS names its file.`;

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    model: { type: "string", default: "sst2-sealed" },
    text: { type: "string", multiple: true },
  },
});
const apiKey = process.env.CIPHERSTREAM_API_KEY;
if (!values.url || !values.text || !apiKey) {
  console.error(USAGE);
  process.exit(2);
}

try {
  const model = await SealedModel.open({ url: values.url, apiKey, model: values.model });
  try {
    for (const text of values.text) {
      const { sample, ...answer } = await model.classify(text);
      console.log(JSON.stringify(answer));
    }
  } finally {
    await model.forget();
  }
} catch (failure) {
  console.error(failure.message);
  process.exit(1);
}
