"""Asks the gateway by the client library of OpenAI, and prints what it got as one JSON object."""

import json
import sys

import openai


def refusal(call):
    try:
        call()
    except openai.APIStatusError as e:
        return {"class": type(e).__name__, "status": e.status_code, "code": e.code, "param": e.param, "message": e.message}
    return {"class": "none"}


model, other, *texts = sys.argv[1:]
client = openai.OpenAI(max_retries=0)
answer = client.embeddings.create(model=model, input=texts)
one = client.embeddings.create(model=model, input=texts[0], encoding_format="float", dimensions=64)
print(
    json.dumps(
        {
            "embeddings": [item.embedding for item in answer.data],
            "indices": [item.index for item in answer.data],
            "model": answer.model,
            "tokens": answer.usage.prompt_tokens,
            "total": answer.usage.total_tokens,
            "shortened": one.data[0].embedding,
            "models": [m.id for m in client.models.list()],
            "owner": client.models.retrieve(model).owned_by,
            "refusals": {
                "model": refusal(lambda: client.embeddings.create(model="none", input="a")),
                "tokens": refusal(lambda: client.embeddings.create(model=model, input=[101, 102])),
                "empty": refusal(lambda: client.embeddings.create(model=model, input="")),
                "long": refusal(lambda: client.embeddings.create(model=model, input="a " * 4000)),
                "label": refusal(lambda: client.embeddings.create(model=other, input="a")),
                "token": refusal(lambda: openai.OpenAI(api_key="wrong", max_retries=0).embeddings.create(model=model, input="a")),
            },
        }
    )
)
