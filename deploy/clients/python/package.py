"""The client package: a zip of manifest, tokenizer and embeddings."""

import hashlib
import io
import json
import zipfile

import numpy as np

from wordpiece import WordPiece

_EMBEDDINGS = "client/embeddings.safetensors"
_TOKENIZER = "client/tokenizer.json"
_TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}


def _tensors(data):
    """Tensors of a safetensors file by name: 8 bytes of length, JSON, then the numbers."""
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            numbers = np.frombuffer(data[start + begin : start + end], _TYPES[entry["dtype"]])
            tensors[name] = numbers.reshape(entry["shape"]).astype(np.float64)
    return tensors


class ClientPackage:
    """Manifest, tokenizer and embeddings of a model, after their digests have been checked."""

    def __init__(self, content, digest):
        received = hashlib.sha256(content).hexdigest()
        if received != digest:
            raise ValueError(f"the client package has SHA-256 {received}, announced was {digest}")
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            self.manifest = json.loads(files.read("manifest.json"))
            self.tokenizer = WordPiece(self._file(files, _TOKENIZER))
            tensors = _tensors(self._file(files, _EMBEDDINGS))
        self.shape = self.manifest["shape"]
        self._words, self._positions, self._types, self._gain, self._offset = (
            tensors["bert.embeddings." + name]
            for name in (
                "word_embeddings.weight",
                "position_embeddings.weight",
                "token_type_embeddings.weight",
                "LayerNorm.weight",
                "LayerNorm.bias",
            )
        )

    def _file(self, files, name):
        content = files.read(name)
        expected = self.manifest["files"][name]["sha256"]
        if hashlib.sha256(content).hexdigest() != expected:
            raise ValueError(f"{name} of the client package is not what its manifest says")
        return content

    def embed(self, ids):
        """γ∘(v − mean)/√(variance + ε) + β of v = word + position + token type 0: [tokens][width]."""
        if len(ids) > len(self._positions):
            raise ValueError(f"{len(ids)} tokens: the model takes at most {len(self._positions)}")
        x = self._words[ids] + self._positions[: len(ids)] + self._types[0]
        x -= x.mean(axis=1, keepdims=True)
        variance = (x * x).mean(axis=1, keepdims=True)
        x /= np.sqrt(variance + self.shape["layerNormEpsilon"])
        return x * self._gain + self._offset
