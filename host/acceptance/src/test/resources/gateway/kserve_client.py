"""Asks the gateway by KServe's client library, over REST and gRPC, and prints what it got as one JSON object."""

import asyncio
import json
import os
import sys

import numpy as np
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig


def label(response):
    value = next(output for output in response.outputs if output.name == "label").as_numpy().flatten().tolist()[0]
    return value.decode() if isinstance(value, bytes) else value


async def main(model, text):
    base = "http://" + os.environ["GATEWAY_ADDRESS"]
    headers = {"Authorization": "Bearer " + os.environ["GATEWAY_TOKEN"]}
    rest = InferenceRESTClient(RESTConfig(protocol="v2", timeout=300))
    asked = InferRequest(model, [InferInput("text", [1], "BYTES", data=[text])])
    by_rest = await rest.infer(base, asked, model_name=model, headers=headers)
    tensor = InferInput("text", [1], "BYTES")
    tensor.set_data_from_numpy(np.array([text.encode()], dtype=np.object_))
    grpc = InferenceGRPCClient(os.environ["GATEWAY_GRPC_ADDRESS"], timeout=300)
    by_grpc = await grpc.infer(InferRequest(model, [tensor]), headers=[("authorization", headers["Authorization"])])
    print(
        json.dumps(
            {
                "live": await rest.is_server_live(base, headers=headers),
                "ready": await rest.is_server_ready(base, headers=headers),
                "modelReady": await rest.is_model_ready(base, model, headers=headers),
                "rest": label(by_rest),
                "grpc": label(by_grpc),
            }
        )
    )


asyncio.run(main(*sys.argv[1:]))
