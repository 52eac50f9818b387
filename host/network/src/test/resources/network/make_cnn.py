"""Trains a small convolutional network on scikit-learn's digits and writes it as ONNX.

    pip install numpy scikit-learn jax onnx safetensors
    python make_cnn.py FOLDER

Writes digits-cnn.onnx: Conv 3x3, BatchNormalization, Relu, AveragePool 2x2, Flatten, Gemm, Relu, Gemm. The questions are those of
make_kan.py: the same rows are held out, as images of one channel with pixels from -1 to 1.
"""

import pathlib
import sys

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits

CHANNELS, HIDDEN, CLASSES = 4, 32, 10
STEPS, RATE, DECAY, EPSILON = 500, 0.01, 2e-4, 1e-5
HELD_OUT = 360


def convolved(w, x):
    return jax.lax.conv_general_dilated(x, w["conv"], (1, 1), "SAME") + w["conv_bias"][:, None, None]


def forward(w, x, mean=None, variance=None):
    h = convolved(w, x)
    mean = jnp.mean(h, (0, 2, 3)) if mean is None else mean
    variance = jnp.var(h, (0, 2, 3)) if variance is None else variance
    h = (h - mean[:, None, None]) / jnp.sqrt(variance[:, None, None] + EPSILON)
    h = jax.nn.relu(w["gamma"][:, None, None] * h + w["beta"][:, None, None])
    h = h.reshape(len(x), CHANNELS, 4, 2, 4, 2).mean((3, 5)).reshape(len(x), -1)
    h = jax.nn.relu(h @ w["first"].T + w["first_bias"])
    return h @ w["second"].T + w["second_bias"]


def loss(w, x, y):
    decay = sum(jnp.sum(v**2) for v in w.values())
    return -jnp.mean(jax.nn.log_softmax(forward(w, x))[jnp.arange(len(y)), y]) + DECAY * decay


def train(x, y):
    random = np.random.default_rng(3)
    w = {
        "conv": random.normal(0, 0.4, (CHANNELS, 1, 3, 3)),
        "conv_bias": np.zeros(CHANNELS),
        "gamma": np.ones(CHANNELS),
        "beta": np.zeros(CHANNELS),
        "first": random.normal(0, 0.15, (HIDDEN, CHANNELS * 16)),
        "first_bias": np.zeros(HIDDEN),
        "second": random.normal(0, 0.2, (CLASSES, HIDDEN)),
        "second_bias": np.zeros(CLASSES),
    }
    w = jax.tree.map(jnp.float32, w)
    first, second = jax.tree.map(jnp.zeros_like, w), jax.tree.map(jnp.zeros_like, w)

    @jax.jit
    def step(w, first, second, t):
        slope = jax.grad(loss)(w, x, y)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)
        rate = RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        return jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), w, first, second), first, second

    for t in range(1, STEPS + 1):
        w, first, second = step(w, first, second, t)
    return w


def write(w, mean, variance, path):
    initializers = {name: np.asarray(value, np.float32) for name, value in w.items()}
    initializers |= {"mean": np.asarray(mean, np.float32), "variance": np.asarray(variance, np.float32)}
    nodes = [
        helper.make_node("Conv", ["image", "conv", "conv_bias"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["c", "gamma", "beta", "mean", "variance"], ["n"], epsilon=EPSILON),
        helper.make_node("Relu", ["n"], ["r"]),
        helper.make_node("AveragePool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["p"], ["f"], axis=1),
        helper.make_node("Gemm", ["f", "first", "first_bias"], ["g"], transB=1),
        helper.make_node("Relu", ["g"], ["s"]),
        helper.make_node("Gemm", ["s", "second", "second_bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", CLASSES])],
        [numpy_helper.from_array(value, name) for name, value in initializers.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    digits = load_digits()
    order = np.random.default_rng(1).permutation(len(digits.target))
    x, y = jnp.float32(digits.images[order][:, None] / 8 - 1), digits.target[order]
    w = train(x[HELD_OUT:], y[HELD_OUT:])
    h = convolved(w, x[HELD_OUT:])
    mean, variance = jnp.mean(h, (0, 2, 3)), jnp.var(h, (0, 2, 3))
    right = forward(w, x[:HELD_OUT], mean, variance).argmax(1) == y[:HELD_OUT]
    print("accuracy on what was held out:", float(right.mean()))
    write(w, mean, variance, pathlib.Path(sys.argv[1]) / "digits-cnn.onnx")


main()
