#!/usr/bin/env python3
"""Classifies sentences under encryption, one JSON object a line. See README.md beside this file."""

import argparse
import json
import os
import secrets
import sys

import keys
import plan
from appliance import Appliance
from ckks import SecretKey
from envelope import PUBLIC_KEY, RELINEARISATION_KEY, ROTATION_KEY, Session
from package import ClientPackage


class Model:
    """A model on an appliance, with a secret key and a session of its own."""

    def __init__(self, appliance, name):
        self.appliance = appliance
        self.name = name
        described = appliance.get_json(f"/v2/models/{name}")["parameters"]
        content = appliance.get_bytes(f"/v2/models/{name}/client-package")
        self.package = ClientPackage(content, described["clientPackageDigest"])
        plan.check(self.package.shape)
        self.secret = SecretKey(plan.PARAMETERS)
        self.session = self._open()

    def _open(self):
        """Makes a session and uploads exactly the keys that the plan needs."""
        public = keys.public_key(self.secret)
        digest = keys.parameters_digest(plan.PARAMETERS)
        fingerprint = keys.fingerprint(plan.PARAMETERS, public)
        made = self.appliance.post_json(
            "/v2/sessions",
            {
                "model": self.name,
                "parametersDigest": digest.hex(),
                "keyFingerprint": fingerprint.hex(),
                "modes": [plan.MODE],
            },
        )
        self.path = f"/v2/sessions/{made['session']}"
        required = made["requiredKeys"]
        steps = {key["step"]: key["limbs"] for key in required["rotations"]}
        if steps != plan.rotations() or required["relinearization"] != plan.RELINEARISATION_LIMBS:
            self.appliance.delete(self.path)
            raise ValueError(
                "the appliance asks for other keys than the plan needs; no key was sent: "
                f"{steps} instead of {plan.rotations()}"
            )
        session = Session(
            plan.PARAMETERS,
            bytes.fromhex(made["session"]),
            bytes.fromhex(made["transportKey"]),
            digest,
            fingerprint,
        )
        limbs = len(plan.PARAMETERS.data_primes)
        self._put(keys.PUBLIC, session.key(PUBLIC_KEY, 0, limbs, public))
        limbs = plan.RELINEARISATION_LIMBS
        relinearisation = keys.relinearisation_key(self.secret, limbs)
        self._put(
            keys.RELINEARISATION, session.key(RELINEARISATION_KEY, 0, limbs, relinearisation)
        )
        for step, limbs in plan.rotations().items():
            rotation = keys.rotation_key(self.secret, step, limbs)
            self._put(str(step), session.key(ROTATION_KEY, step, limbs, rotation))
        if not self.appliance.get_json(self.path)["ready"]:
            raise ValueError("the appliance has all keys and is not ready")
        return session

    def _put(self, key, envelope):
        self.appliance.put_bytes(f"{self.path}/keys/{key}", envelope)

    def classify(self, text):
        """Label and logits of a text."""
        ids = self.package.tokenizer.ids(text)
        rows = self.package.embed(ids)
        chunks = plan.chunks_for(len(ids))
        inference = secrets.token_bytes(16)
        envelopes = []
        for index, (slots, (limbs, scale)) in enumerate(
            zip(plan.slots(rows, chunks), plan.inputs(chunks))
        ):
            seed, c0 = self.secret.encrypt(slots, limbs, scale)
            envelopes.append(self.session.ciphertext(inference, index, limbs, scale, seed, c0))
        answer, tensors = self.appliance.infer(
            self.name, self._request(inference, chunks, envelopes), envelopes
        )
        if answer["id"] != inference.hex() or len(tensors) != 1:
            raise ValueError(f"the answer is not this request's: {answer}")
        scale = plan.output_scale()
        c0, c1 = self.session.answer(tensors[0], inference, 0, 1, scale)
        logits = plan.logits(self.secret.decrypt(c0, c1, scale))
        label = self.package.shape["labels"][logits.index(max(logits))]
        return {"text": text, "tokens": ids, "label": label, "logits": logits}

    def _request(self, inference, chunks, envelopes):
        return {
            "id": inference.hex(),
            "parameters": {
                "session": self.session.id.hex(),
                "mode": plan.MODE,
                "tokenClass": plan.tokens_most(chunks),
                "planDigest": plan.digest(self.package.shape, chunks),
            },
            "inputs": [
                {
                    "name": f"input{index}",
                    "datatype": "UINT8",
                    "shape": [len(envelope)],
                    "parameters": {"binary_data_size": len(envelope)},
                }
                for index, envelope in enumerate(envelopes)
            ],
        }

    def close(self):
        """Deletes the session and its keys."""
        self.appliance.delete(self.path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--fingerprint", default="", help="SHA-256 of the appliance's certificate")
    parser.add_argument("--model", default="sst2-sealed")
    parser.add_argument("--text", action="append", required=True, help="may be given several times")
    options = parser.parse_args()
    api_key = os.environ.get("CIPHERSTREAM_API_KEY")
    if not api_key:
        sys.exit("the environment variable CIPHERSTREAM_API_KEY must hold the appliance's API key")
    appliance = Appliance(options.url, options.fingerprint, api_key)
    model = Model(appliance, options.model)
    try:
        for text in options.text:
            print(json.dumps(model.classify(text)), flush=True)
    finally:
        model.close()
        appliance.close()


if __name__ == "__main__":
    main()
