/** A sealed model on an appliance: opened once, then asked. */

import { Appliance } from "./appliance.js";
import { randomBytes, toHex } from "./bytes.js";
import { ClientKeys } from "./keys.js";
import { ClientPackage } from "./package.js";
import * as plan from "./plan.js";
import { SessionOpener, needsSession } from "./session.js";

const ATTEMPTS = 3;

/** Keeps values while the program runs. Another store has the same three methods. */
export class MemoryStore {
  #values = new Map();

  async get(name) {
    return this.#values.get(name);
  }

  async set(name, value) {
    this.#values.set(name, value);
  }

  async delete(name) {
    this.#values.delete(name);
  }
}

export class SealedModel {
  /**
   * Opens a model: fetches its client package, or finds it in the store, and checks that this client has its plan.
   *
   * @param url the appliance, such as https://127.0.0.1:8443
   * @param apiKey the API key of a tenant
   * @param model name of a sealed model of 128 features, four heads and two labels
   * @param store where secret key, session and client package stay between visits
   * @param progress is told what happens: {step: "seal" | "package" | "gone"}, {step: "keys", made, sent, total, bytes, there}
   * @throws Refusal if the appliance refuses or does not answer, Error if it serves another kind of model
   */
  static async open({ url, apiKey, model = "sst2-sealed", store = new MemoryStore(), progress = () => {},
    fetch }) {
    const appliance = new Appliance({ url, apiKey, fetch });
    const opened = new SealedModel({ appliance, name: model, store, progress });
    await opened.#describe();
    return opened;
  }

  constructor({ appliance, name, store, progress }) {
    Object.assign(this, { appliance, name, store, progress });
  }

  async #describe() {
    this.progress({ step: "package" });
    const path = `/v2/models/${encodeURIComponent(this.name)}`;
    const { parameters } = await this.appliance.getJson(path);
    const digest = parameters.clientPackageDigest;
    const kept = await this.store.get("package");
    const content = kept?.digest === digest ? kept.content : await this.appliance.getBytes(`${path}/client-package`);
    this.package = await ClientPackage.open(content, digest);
    plan.checkShape(this.package.shape);
    this.digest = digest;
    this.packageBytes = kept?.digest === digest ? 0 : content.length;
    if (this.packageBytes) {
      await this.store.set("package", { digest, content });
    }
    const classes = parameters.tokenClassesByMode?.[plan.MODE] ?? [];
    this.planDigests = new Map();
    for (let chunks = 1; classes.includes(plan.tokensMost(chunks)); chunks += 1) {
      await this.#checkPlan(chunks, parameters.requests ?? []);
    }
    if (!this.planDigests.size) {
      throw new Error(`the appliance does not serve ${this.name} in mode ${plan.MODE}: choose another model`);
    }
  }

  async #checkPlan(chunks, requests) {
    const digest = await plan.planDigest(this.package.shape, chunks);
    const tokenClass = plan.tokensMost(chunks);
    const other = requests.find((r) => r.mode === plan.MODE && r.tokenClass === tokenClass)?.planDigest;
    if (other && other !== digest) {
      throw new Error(
        `the appliance has another plan for ${this.name} than this client, which knows models of spec CQ with a ` +
          "certificate: use a client of the appliance's version");
    }
    this.planDigests.set(chunks, digest);
  }

  /** Most tokens of a text, [CLS] and [SEP] included. */
  get tokensMost() {
    const positions = this.package.shape.positions;
    return Math.min(positions, plan.tokensMost(Math.max(...this.planDigests.keys())));
  }

  get labels() {
    return this.package.shape.labels;
  }

  async #loadKeys() {
    this.progress({ step: "seal" });
    const kept = await this.store.get("secret");
    this.keys = await ClientKeys.of(kept);
    if (!kept) {
      await this.store.set("secret", this.keys.secretWords());
    }
  }

  /** Makes or finds keys, and sends those that the appliance lacks: the bytes of keys sent now. */
  async prepare() {
    if (!this.keys) {
      await this.#loadKeys();
    }
    return this.session ? 0 : this.#openSession();
  }

  async #openSession() {
    const { appliance, name, digest, keys, store, progress } = this;
    const opener = new SessionOpener({ appliance, model: name, digest, keys, store, progress });
    this.session = await opener.open();
    return this.session.keyBytes;
  }

  /** The token ids of a text; refuses an empty one and one that is too long. */
  tokens(text) {
    const ids = this.package.tokenizer.encode(text);
    if (ids.length > this.tokensMost) {
      throw new Error(
        `the text has ${ids.length} tokens with [CLS] and [SEP]: the model takes at most ${this.tokensMost}; ` +
          "shorten or split the text");
    }
    return ids;
  }

  /**
   * Label and logits of a text, computed under encryption.
   *
   * The first call makes and sends keys. A session that the appliance has lost is made again, and a busy appliance is asked again, each time with fresh
   * encryptions.
   */
  async classify(text) {
    const tokens = this.tokens(text);
    let keyBytes = await this.prepare();
    const started = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.#ask(tokens);
        return { text, tokens, ...answer, keyBytes, seconds: (Date.now() - started) / 1000 };
      } catch (failure) {
        if (attempt === ATTEMPTS) {
          throw failure;
        } else if (needsSession(failure)) {
          keyBytes += await this.#openSession();
        } else if (failure.busy) {
          await new Promise((resolve) => setTimeout(resolve, 1000 * (failure.retryAfterSeconds ?? 1)));
        } else {
          throw failure;
        }
      }
    }
  }

  async #ask(tokens) {
    const chunks = plan.chunksFor(tokens.length);
    const rows = this.package.embed(tokens);
    const inference = randomBytes(16);
    const specs = plan.inputs(chunks);
    const envelopes = [];
    for (const [index, slots] of plan.slots(rows, chunks).entries()) {
      const { limbs, scale } = specs[index];
      const sealed = this.keys.encrypt(slots, limbs, scale);
      envelopes.push(await this.session.envelopes.input(inference, index, limbs, scale, sealed));
    }
    this.progress({ step: "ask" });
    const asked = Date.now();
    const { described, tensors, bytesUp, bytesDown } = await this.appliance.infer(
      this.name, this.#request(inference, chunks, envelopes), envelopes);
    if (described.id !== toHex(inference) || tensors.length !== 1) {
      throw new Error("the answer is not one to this request");
    }
    const { limbs, scale } = plan.OUTPUT;
    const answer = await this.session.envelopes.answer(tensors[0], inference, 0, limbs, scale);
    const logits = plan.logits(this.keys.decrypt(answer, limbs, scale));
    return {
      label: this.labels[logits[1] > logits[0] ? 1 : 0],
      logits,
      tokenClass: plan.tokensMost(chunks),
      bytesUp,
      bytesDown,
      ciphertexts: envelopes.length,
      sample: envelopes[1].slice(0, 4096),
      applianceSeconds: (Date.now() - asked) / 1000,
      engine: described.parameters?.engine,
    };
  }

  #request(inference, chunks, envelopes) {
    return {
      id: toHex(inference),
      parameters: {
        session: this.session.id,
        mode: plan.MODE,
        tokenClass: plan.tokensMost(chunks),
        planDigest: this.planDigests.get(chunks),
      },
      inputs: envelopes.map((envelope, index) => ({
        name: `input${index}`,
        datatype: "UINT8",
        shape: [envelope.length],
        parameters: { binary_data_size: envelope.length },
      })),
    };
  }

  /** Deletes the session and its keys from the appliance, and the secret key from the store. */
  async forget() {
    try {
      const kept = await this.store.get(`session:${this.name}`);
      if (kept) {
        await this.appliance.delete(`/v2/sessions/${kept.id}`);
      }
    } catch (failure) {
      if (!needsSession(failure)) {
        throw failure;
      }
    } finally {
      await this.store.delete(`session:${this.name}`);
      await this.store.delete("secret");
      this.close();
    }
  }

  /** Frees memory; session and stored keys stay. */
  close() {
    this.keys?.close();
    this.keys = undefined;
    this.session = undefined;
  }
}
