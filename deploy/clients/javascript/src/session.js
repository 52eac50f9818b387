/**
 * The session of a model: a stored one that the appliance still has, completed where keys are missing, else a new
 * one. Which keys are sent follows from the plan alone; an appliance that asks for others gets none.
 */

import { Refusal } from "./appliance.js";
import { fromHex, toHex } from "./bytes.js";
import { Envelopes, Kind, importTransportKey } from "./envelope.js";
import { keyFingerprint } from "./keys.js";
import { LIMBS_MOST, parametersDigest } from "./parameters.js";
import { MODE, RELINEARISATION_LIMBS, rotations } from "./plan.js";

const GONE = [
  "session-unknown", "session-expired", "session-unreachable", "not-found", "params-rejected", "key-mismatch",
];

/** A tenant may have a few uploads at one time, and other programs have theirs. */
const UPLOADS_MOST = 3;

/** Whether an inference was refused because its session has to be made or completed again. */
export function needsSession(failure) {
  return failure instanceof Refusal && [...GONE, "key-missing", "token-class-unsupported"].includes(failure.kind);
}

/** Every key of the plan by the name of its resource, and how it is made. */
function planned(keys, publicKey) {
  const all = new Map([
    ["public", { kind: Kind.PUBLIC, limbs: LIMBS_MOST, make: () => publicKey }],
    ["relinearization", {
      kind: Kind.RELINEARISATION,
      limbs: RELINEARISATION_LIMBS,
      make: () => keys.relinearisationKey(RELINEARISATION_LIMBS),
    }],
  ]);
  for (const [step, limbs] of rotations()) {
    all.set(String(step), { kind: Kind.ROTATION, limbs, step, make: () => keys.rotationKey(step, limbs) });
  }
  return all;
}

function checkRequired(required) {
  const steps = new Map(required?.rotations?.map(({ step, limbs }) => [step, limbs]));
  const expected = rotations();
  const same =
    required?.public === true && required.relinearization === RELINEARISATION_LIMBS &&
    steps.size === expected.size && [...expected].every(([step, limbs]) => steps.get(step) === limbs);
  if (!same) {
    throw new Error("the appliance asks for other keys than the model's plan needs: none was sent");
  }
}

export class SessionOpener {
  /**
   * @param store keeps `session:<model>` between visits
   * @param progress is told {step: "gone"} and {step: "keys", made, sent, total, bytes, there}
   */
  constructor({ appliance, model, digest, keys, store, progress }) {
    Object.assign(this, { appliance, model, digest, keys, store, progress });
    this.slot = `session:${model}`;
  }

  /** {envelopes, path, id, keyBytes}: keyBytes were sent now. */
  async open() {
    const kept = await this.store.get(this.slot);
    if (kept?.digest === this.digest) {
      const missing = await this.#missing(kept);
      if (missing) {
        return this.#complete(kept, missing);
      }
      this.progress({ step: "gone" });
    }
    return this.#create();
  }

  /** The names of keys that a stored session lacks; undefined if it is gone. */
  async #missing(kept) {
    try {
      const found = await this.appliance.getJson(`/v2/sessions/${kept.id}`);
      checkRequired(found.requiredKeys);
      return found.keyFingerprint === toHex(kept.fingerprint) ? found.missingKeys : undefined;
    } catch (failure) {
      if (needsSession(failure)) {
        return undefined;
      }
      throw failure;
    }
  }

  async #create() {
    const publicKey = this.keys.publicKey();
    const fingerprint = await keyFingerprint(publicKey);
    const made = await this.appliance.postJson("/v2/sessions", {
      model: this.model,
      parametersDigest: toHex(await parametersDigest()),
      keyFingerprint: toHex(fingerprint),
      modes: [MODE],
    });
    try {
      checkRequired(made.requiredKeys);
    } catch (failure) {
      await this.appliance.delete(`/v2/sessions/${made.session}`);
      throw failure;
    }
    const transportKey = await importTransportKey(fromHex(made.transportKey, 32, "transportKey"));
    const id = toHex(fromHex(made.session, 16, "session"));
    const kept = { id, transportKey, fingerprint, publicKey, digest: this.digest };
    await this.store.set(this.slot, kept);
    return this.#complete(kept, made.missingKeys);
  }

  async #complete(kept, missing) {
    const envelopes = new Envelopes({
      sessionId: fromHex(kept.id, 16, "session"),
      transportKey: kept.transportKey,
      parametersDigest: await parametersDigest(),
      fingerprint: kept.fingerprint,
    });
    const path = `/v2/sessions/${kept.id}`;
    const keyBytes = await this.#send(path, envelopes, kept.publicKey, missing);
    return { envelopes, path, id: kept.id, keyBytes };
  }

  /** Makes and sends keys, of which a few are on their way while the next is made: bytes sent. */
  async #send(path, envelopes, publicKey, missing) {
    const all = planned(this.keys, publicKey);
    const there = all.size - missing.length;
    const state = { step: "keys", made: 0, sent: 0, total: missing.length, bytes: 0, there };
    const underWay = [];
    for (const name of missing) {
      const key = all.get(name);
      if (!key) {
        throw new Error(`the appliance asks for the key ${name}, which the model's plan does not have`);
      }
      const envelope = await envelopes.key(key.kind, key.limbs, key.make(), key.step);
      this.progress({ ...state, made: (state.made += 1) });
      if (underWay.length === UPLOADS_MOST) {
        await underWay.shift();
      }
      const sent = this.appliance.putBytes(`${path}/keys/${name}`, envelope).then(() => {
        state.sent += 1;
        state.bytes += envelope.length;
        this.progress({ ...state });
      });
      sent.catch(() => {}); // it is awaited above or below
      underWay.push(sent);
    }
    await Promise.all(underWay);
    return state.bytes;
  }
}
