"""Asks the gateway by Triton's client library over gRPC, and prints what it got as one JSON object."""

import json
import os
import sys

import grpc
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
# What no good client sends: bytes that are no message, a message that is compressed, a call without one.
channel = grpc.insecure_channel(os.environ["GATEWAY_GRPC_ADDRESS"])
METHOD = "/inference.GRPCInferenceService/ModelInfer"
raw = {
    "garbage": lambda: channel.unary_unary(METHOD)(b"\xff\xff\xff", metadata=list(headers.items()), timeout=20),
    "compressed": lambda: channel.unary_unary(METHOD)(
        b"", metadata=list(headers.items()), compression=grpc.Compression.Gzip, timeout=20
    ),
    "nothing": lambda: channel.stream_unary(METHOD)(iter(()), metadata=list(headers.items()), timeout=20),
}
tokens = triton.InferInput("text", [3], "INT64")
tokens.set_data_from_numpy(np.array([101, 2054, 102], dtype=np.int64))
refusals = {}
for name, call in raw.items():
    try:
        call()
        refusals[name] = {"status": "none"}
    except grpc.RpcError as e:
        refusals[name] = {"status": str(e.code()), "message": e.details()}
for name, call in {
    "model": lambda: client.infer("none", [tensor(["a"])], headers=headers),
    "token": lambda: client.infer(model, [tensor(["a"])]),
    "empty": lambda: client.infer(model, [tensor([""])], headers=headers),
    "tokens": lambda: client.infer(model, [tokens], headers=headers),
    "many": lambda: client.infer(model, [tensor(["a"] * 65)], headers=headers),
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
