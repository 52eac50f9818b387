"""Asks the gateway by Triton's client library over HTTP, and prints what it got as one JSON object."""

import json
import os
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException


def tensor(texts, binary):
    data = triton.InferInput("text", [len(texts)], "BYTES")
    data.set_data_from_numpy(np.array([t.encode() for t in texts], dtype=np.object_), binary_data=binary)
    return data


def plain(array):
    return [v.decode() if isinstance(v, bytes) else v for v in array.flatten().tolist()]


def headers():
    """New ones for each request, since the library adds to them."""
    return {"Authorization": "Bearer " + os.environ["GATEWAY_TOKEN"]}


model, classes, words, *texts = sys.argv[1:]
client = triton.InferenceServerClient(os.environ["GATEWAY_ADDRESS"], network_timeout=300.0, connection_timeout=300.0)
embedded = client.infer(model, [tensor(texts, True)], headers=headers(), request_id="r1")
outputs = [triton.InferRequestedOutput("label", binary_data=False), triton.InferRequestedOutput("logits", binary_data=True)]
labelled = client.infer(classes, [tensor(texts, False)], outputs=outputs, headers=headers())
tagged = client.infer(words, [tensor(["someone lives in new york"], True)], headers=headers())
refusals = {}
for name, call in {
    "model": lambda: client.infer("none", [tensor(["a"], True)], headers=headers()),
    "token": lambda: client.infer(model, [tensor(["a"], True)]),
    "name": lambda: client.infer(model, [triton.InferInput("ids", [1], "BYTES").set_data_from_numpy(np.array([b"a"], dtype=np.object_))], headers=headers()),
    "datatype": lambda: client.infer(model, [triton.InferInput("text", [1], "INT64").set_data_from_numpy(np.array([7], dtype=np.int64))], headers=headers()),
}.items():
    try:
        call()
        refusals[name] = "none"
    except InferenceServerException as e:
        refusals[name] = str(e)
print(
    json.dumps(
        {
            "live": client.is_server_live(headers=headers()),
            "ready": client.is_server_ready(headers=headers()),
            "modelReady": client.is_model_ready(model, headers=headers()),
            "server": client.get_server_metadata(headers=headers()),
            "metadata": client.get_model_metadata(classes, headers=headers()),
            "id": embedded.get_response()["id"],
            "embedding": embedded.as_numpy("embedding").tolist(),
            "label": plain(labelled.as_numpy("label")),
            "logits": labelled.as_numpy("logits").tolist(),
            "probabilitiesAsked": labelled.as_numpy("probabilities") is not None,
            "words": plain(tagged.as_numpy("words")),
            "wordLabels": plain(tagged.as_numpy("word_labels")),
            "refusals": refusals,
        }
    )
)
