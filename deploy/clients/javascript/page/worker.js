/**
 * Keys, encryption and decryption, beside the page so that it stays alive meanwhile. Takes {id, action, …} and answers
 * {id, value} or {id, failure}; tells {progress} in between.
 */

import { SealedModel } from "../src/index.js";
import { openStore } from "./store.js";

const MODEL = "sst2-sealed";

let kept;
let model;

async function opened(apiKey) {
  kept ??= await openStore();
  if (model?.appliance.apiKey !== apiKey) {
    model?.close();
    model = undefined;
    model = await SealedModel.open({
      url: self.location.origin,
      apiKey,
      model: MODEL,
      store: kept.store,
      progress: (progress) => self.postMessage({ progress }),
    });
  }
  return model;
}

const ACTIONS = {
  async ask({ apiKey, text }) {
    const asked = await opened(apiKey);
    const answer = await asked.classify(text);
    const pieces = asked.package.tokenizer.spell(answer.tokens);
    return { ...answer, pieces, lasting: kept.lasting, packageBytes: asked.packageBytes, model: MODEL };
  },

  /** Forgets the secret key in any case; whether the appliance could be told to delete the public ones. */
  async forget({ apiKey }) {
    try {
      const asked = await opened(apiKey);
      await asked.forget();
      return true;
    } catch {
      return false;
    } finally {
      model?.close();
      model = undefined;
      await kept.store.delete("secret");
      await kept.store.delete(`session:${MODEL}`);
    }
  },

  /** Whether keys of an earlier visit are here. */
  async look() {
    kept ??= await openStore();
    return Boolean(await kept.store.get("secret"));
  },
};

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ id: data.id, value: await ACTIONS[data.action](data) });
  } catch (failure) {
    const { kind, message, action } = failure;
    self.postMessage({ id: data.id, failure: { kind, message, action } });
  }
};
