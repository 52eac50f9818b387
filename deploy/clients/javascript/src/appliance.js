/** HTTP to an appliance: JSON, envelopes, binary tensors, and its refusals. */

import { concatenate, utf8 } from "./bytes.js";

const BINARY = "application/octet-stream";
const HEADER_LENGTH = "Inference-Header-Content-Length";
/** Names the session, so that a node of a cluster knows whose the request is before it reads the body. */
const SESSION = "Cipherstream-Session";
const BUSY = ["rate-limited", "overloaded", "not-ready", "shutting-down", "node-lost", "request-in-progress"];
const JSON_BYTES_MOST = 1 << 20;

/** A problem that the appliance answered, or that it did not answer (kind `unreachable`). */
export class Refusal extends Error {
  /** @param problem the members of application/problem+json, as far as they are there */
  constructor(kind, message, problem = {}) {
    super(message);
    this.name = "Refusal";
    this.kind = kind;
    this.status = problem.status;
    this.action = problem.action;
    this.retryAfterSeconds = problem.retryAfterSeconds;
  }

  /** Whether the same request may succeed a little later. */
  get busy() {
    return BUSY.includes(this.kind);
  }
}

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

function problemOf(response, content) {
  try {
    const problem = JSON.parse(new TextDecoder().decode(content));
    const kind = String(problem.type).replace(/^urn:cipherstream:problem:/, "");
    return new Refusal(kind, problem.detail ?? problem.title, problem);
  } catch {
    return new Refusal("no-problem", `the appliance answered with status ${response.status}`, {
      status: response.status,
    });
  }
}

export class Appliance {
  /**
   * @param url scheme, host and port
   * @param apiKey the API key of a tenant
   * @param patienceSeconds how long a busy appliance is asked again
   */
  constructor({ url, apiKey, patienceSeconds = 30, fetch = globalThis.fetch }) {
    this.url = String(url).replace(/\/+$/, "");
    this.apiKey = apiKey;
    this.patienceSeconds = patienceSeconds;
    this.fetch = fetch.bind(globalThis);
  }

  async #once(method, path, body, headers) {
    let response;
    let content;
    try {
      response = await this.fetch(this.url + path, {
        method,
        body,
        headers: { Authorization: `Bearer ${this.apiKey}`, ...headers },
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
      });
      content = new Uint8Array(await response.arrayBuffer());
    } catch (failure) {
      const cause = failure.cause?.message ?? failure.message;
      throw new Refusal("unreachable", `the appliance at ${this.url} does not answer: ${cause}`);
    }
    if (!response.ok) {
      throw problemOf(response, content);
    }
    return { response, content };
  }

  async #patiently(method, path, body, headers) {
    const end = Date.now() + 1000 * this.patienceSeconds;
    for (;;) {
      try {
        return await this.#once(method, path, body, headers);
      } catch (failure) {
        const wait = failure.retryAfterSeconds ?? 1;
        if (!failure.busy || Date.now() + 1000 * wait > end) {
          throw failure;
        }
        await sleep(wait);
      }
    }
  }

  async #json(method, path, body, headers) {
    const { content } = await this.#patiently(method, path, body, headers);
    if (content.length > JSON_BYTES_MOST) {
      throw new Error(`${path}: the answer has ${content.length} bytes, at most ${JSON_BYTES_MOST} are taken`);
    }
    return JSON.parse(new TextDecoder().decode(content));
  }

  getJson(path) {
    return this.#json("GET", path);
  }

  postJson(path, body) {
    return this.#json("POST", path, JSON.stringify(body), { "Content-Type": "application/json" });
  }

  putBytes(path, body) {
    return this.#json("PUT", path, body, { "Content-Type": BINARY });
  }

  async getBytes(path) {
    return (await this.#patiently("GET", path)).content;
  }

  async delete(path) {
    await this.#patiently("DELETE", path);
  }

  /** Sends JSON and envelopes, once; returns the answer's JSON, its envelopes, and the bytes of both bodies. */
  async infer(model, request, envelopes) {
    const json = utf8(JSON.stringify(request));
    const body = concatenate([json, ...envelopes]);
    const headers = {
      "Content-Type": BINARY,
      [HEADER_LENGTH]: String(json.length),
      [SESSION]: request.parameters.session,
    };
    const path = `/v2/models/${encodeURIComponent(model)}/infer`;
    const { response, content } = await this.#once("POST", path, body, headers);
    let at = Number(response.headers.get(HEADER_LENGTH));
    if (!Number.isInteger(at) || at <= 0 || at > content.length) {
      throw new Error(`the answer has no ${HEADER_LENGTH} between 1 and its ${content.length} bytes`);
    }
    const described = JSON.parse(new TextDecoder().decode(content.subarray(0, at)));
    const tensors = described.outputs.map((output) => {
      const length = output.parameters.binary_data_size;
      at += length;
      return content.slice(at - length, at);
    });
    return { described, tensors, bytesUp: body.length, bytesDown: content.length };
  }
}
