"""Asks the gateway by Triton's client library over gRPC, and prints what it got as one JSON object."""

import json
import os
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException


def tensor(texts):
    data = triton.InferInput("text", [len(texts)], "BYTES")
    data.set_data_from_numpy(np.array([t.encode() for t in texts], dtype=np.object_))
    return data


def plain(array):
    return [v.decode() if isinstance(v, bytes) else v for v in array.flatten().tolist()]


model, classes, words, *texts = sys.argv[1:]
headers = {"authorization": "Bearer " + os.environ["GATEWAY_TOKEN"]}
client = triton.InferenceServerClient(os.environ["GATEWAY_GRPC_ADDRESS"])
embedded = client.infer(model, [tensor(texts)], headers=headers, request_id="r1")
outputs = [triton.InferRequestedOutput("label"), triton.InferRequestedOutput("logits")]
labelled = client.infer(classes, [tensor(texts)], outputs=outputs, headers=headers)
tagged = client.infer(words, [tensor(["someone lives in new york"])], headers=headers)
refusals = {}
for name, call in {
    "model": lambda: client.infer("none", [tensor(["a"])], headers=headers),
    "token": lambda: client.infer(model, [tensor(["a"])]),
    "empty": lambda: client.infer(model, [tensor([""])], headers=headers),
    "large": lambda: client.infer(model, [tensor(["a" * 40000])], headers=headers),
    "output": lambda: client.infer(model, [tensor(["a"])], outputs=[triton.InferRequestedOutput("x")], headers=headers),
}.items():
    try:
        call()
        refusals[name] = {"status": "none"}
    except InferenceServerException as e:
        refusals[name] = {"status": e.status(), "message": e.message()}
print(
    json.dumps(
        {
            "live": client.is_server_live(headers=headers),
            "ready": client.is_server_ready(headers=headers),
            "modelReady": client.is_model_ready(model, headers=headers),
            "server": client.get_server_metadata(headers=headers, as_json=True),
            "metadata": client.get_model_metadata(classes, headers=headers, as_json=True),
            "id": embedded.get_response().id,
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
