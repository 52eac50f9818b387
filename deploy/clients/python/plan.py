"""The plan of a CQ of 128 features and four heads under n8192-sealed: what is sent, and which keys.

A client computes its plan itself and never takes it from the appliance: a key more would let the
appliance compute more on the client's ciphertexts.
"""

import hashlib

import numpy as np

import keys
from ckks import N8192_SEALED

VERSION = 3
MODE = "sealed"
PARAMETERS = N8192_SEALED
FEATURES = 128
HEADS = 4
ROWS = PARAMETERS.slots // FEATURES
REACH = 3
INPUT_SCALE = 2.0**29
ROW_LIMBS = 5
WEIGHT_LIMBS = 3
RELINEARISATION_LIMBS = 4


def check(shape):
    """Refuses a model whose plan this file does not have."""
    expected = {"width": FEATURES, "heads": HEADS, "head": "classes", "pooling": "cls"}
    received = {name: shape[name] for name in expected}
    if received != expected or len(shape["labels"]) != 2:
        raise ValueError(
            f"the model has {received} and {len(shape['labels'])} labels; "
            f"this client knows the plan of {expected} and 2 labels"
        )


def tokens_most(chunks):
    """The token class of so many chunks."""
    return ROWS - REACH if chunks == 1 else chunks * (ROWS - 2 * REACH)


def chunks_for(tokens):
    """The fewest chunks that hold a text."""
    chunks = 1
    while tokens_most(chunks) < tokens:
        chunks += 1
    return chunks


def inputs(chunks):
    """(limbs, scale) of each envelope."""
    mean = [(ROW_LIMBS, INPUT_SCALE)]
    return mean + chunks * [(ROW_LIMBS, INPUT_SCALE), (WEIGHT_LIMBS, INPUT_SCALE)]


def output_scale():
    """The scale after all four rescales, rounded to a double after each operation."""
    _, q1, q2, q3, _ = (float(q) for q in PARAMETERS.data_primes)
    square = INPUT_SCALE * INPUT_SCALE / q3
    weighted = square * INPUT_SCALE / q2
    value = square * (q2 / 2) / q2
    return weighted * value / q1


def rotations():
    """Rotation step → limbs, with conjugation as step N/2."""
    limbs = {2**k: 1 for k in range(12)}  # the last sum, over all slots
    limbs.update({32: 3, -32: 3})  # the heads' positions
    limbs.update({step: 5 for step in range(1, 17)})  # baby steps and the giant step
    limbs.update({-4 * FEATURES: 5, -2 * FEATURES: 5, 2 * FEATURES: 5})  # the window's tokens
    limbs[PARAMETERS.slots] = 4
    return limbs


def slots(rows, chunks):
    """The slots of each envelope, from the normalised embeddings [tokens][FEATURES]."""
    tokens = len(rows)
    mean = rows.mean(axis=0)
    vectors = [np.tile(mean + 1j * np.roll(mean, -FEATURES // 2), ROWS)]
    core = ROWS - 2 * REACH
    for chunk in range(chunks):
        first = chunk * core
        x = np.zeros((ROWS, FEATURES))
        weights = np.zeros((ROWS, FEATURES))
        for token in range(-REACH, ROWS - REACH):
            row = (token + 1) % ROWS
            if 0 <= first + token < tokens:
                x[row] = rows[first + token]
                if 0 <= token < (ROWS - REACH if chunks == 1 else core):
                    weights[row] = 1 / tokens
        vectors.append((x + 1j * np.roll(x, -1, axis=0)).reshape(-1))
        vectors.append(weights.reshape(-1))
    return vectors


def logits(answer_slots):
    """The mean of all slots but row 0 is the second logit minus the first."""
    difference = answer_slots[FEATURES:].real.mean()
    return [-difference / 2, difference / 2]


def _java_double(value):
    """As Java's Double.toString writes 1e-12 and its like: a mantissa with a point, an E."""
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def _java_hex(value):
    """As Java's Double.toHexString: no trailing zeros but one, no plus sign."""
    mantissa, _, exponent = value.hex().partition("p")
    whole, _, fraction = mantissa.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}p{int(exponent)}"


def _specs(what, specs):
    return what + "".join(f" {limbs}@{_java_hex(scale)}" for limbs, scale in specs) + "\n"


_SHAPE = (
    "layers width heads ffnWidth positions vocabulary activation attention norm pooling head "
    "labels hinges pooler layerNormEpsilon"
).split()


def _shape_text(shape):
    words = {"activation", "attention", "norm", "pooling", "head"}
    members = []
    for name in _SHAPE:
        value = shape[name]
        if name in words:
            value = value.upper()
        elif name == "labels":
            value = "[" + ", ".join(value) + "]"
        elif name == "pooler":
            value = "true" if value else "false"
        elif name == "layerNormEpsilon":
            value = _java_double(float(value))
        members.append(f"{name}={value}")
    return "ModelShape[" + ", ".join(members) + "]"


def digest(shape, chunks):
    """SHA-256 of everything that client and appliance must agree on, in hexadecimal."""
    steps = ", ".join(f"{step}={limbs}" for step, limbs in sorted(rotations().items()))
    text = (
        f"cipherstream plan {VERSION}\n"
        f"{_shape_text(shape)}\n"
        f"{MODE.upper()} {tokens_most(chunks)}\n"
        f"{keys.parameters_digest(PARAMETERS).hex()}\n"
        + _specs("in", inputs(chunks))
        + _specs("out", [(1, output_scale())])
        + "{" + steps + "}" + str(RELINEARISATION_LIMBS)
    )
    return hashlib.sha256(text.encode()).hexdigest()
