"""Trains a Kolmogorov-Arnold network on scikit-learn's digits and writes it in efficient-kan's format.

    pip install numpy scipy scikit-learn jax safetensors
    python make_kan.py FOLDER

Writes digits-kan.safetensors (the weights under efficient-kan's names), digits-kan-expected.safetensors (questions that
were not trained on, their labels, and the network's outputs), digits-labelled.csv (the same questions, each with its label
behind it) and digits-train.csv (questions that were trained on).
The training uses JAX; the expected outputs are computed again from the written weights, with SciPy's B-splines.
"""

import pathlib
import sys

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.interpolate import BSpline
from sklearn.datasets import load_digits

SIZES = (64, 16, 10)
GRID, ORDER = 5, 3
STEPS, RATE, DECAY = 600, 0.01, 1e-4
HELD_OUT = 360


def knots(inputs):
    step = 2 / GRID
    return np.tile(np.arange(-ORDER, GRID + ORDER + 1) * step - 1, (inputs, 1)).astype(np.float32)


def splines(x, grid):
    """Cox and de Boor's recurrence for x of [rows, inputs]."""
    x = x[..., None]
    bases = jnp.where((x >= grid[:, :-1]) & (x < grid[:, 1:]), 1.0, 0.0)
    for k in range(1, ORDER + 1):
        left = (x - grid[:, : -(k + 1)]) / (grid[:, k:-1] - grid[:, : -(k + 1)]) * bases[..., :-1]
        right = (grid[:, k + 1 :] - x) / (grid[:, k + 1 :] - grid[:, 1:-k]) * bases[..., 1:]
        bases = left + right
    return bases


def forward(layers, x):
    hidden = []
    for layer, inputs in zip(layers, SIZES):
        spline = layer["spline_weight"] * layer["spline_scaler"][..., None]
        x = jax.nn.silu(x) @ layer["base_weight"].T + jnp.einsum("bik,oik->bo", splines(x, knots(inputs)), spline)
        hidden.append(x)
    return x, hidden[0]


def loss(layers, x, y):
    logits, hidden = forward(layers, x)
    decay = sum(jnp.sum(v**2) for layer in layers for v in layer.values())
    stray = jnp.mean(jnp.maximum(jnp.abs(hidden) - 1, 0) ** 2)  # the grids end at 1
    return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(len(y)), y]) + DECAY * decay + stray


def train(x, y):
    random = np.random.default_rng(20)
    layers = [
        {
            "base_weight": random.normal(0, 1 / np.sqrt(i), (o, i)),
            "spline_weight": random.normal(0, 0.1 / np.sqrt(i), (o, i, GRID + ORDER)),
            "spline_scaler": random.uniform(0.5, 1.5, (o, i)),
        }
        for i, o in zip(SIZES, SIZES[1:])
    ]
    layers = jax.tree.map(jnp.float32, layers)
    first = jax.tree.map(jnp.zeros_like, layers)
    second = jax.tree.map(jnp.zeros_like, layers)

    @jax.jit
    def step(layers, first, second, t):
        slope = jax.grad(loss)(layers, x, y)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)
        rate = RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        layers = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-8), layers, first, second)
        return layers, first, second

    for t in range(1, STEPS + 1):
        layers, first, second = step(layers, first, second, t)
    return layers


def expected(tensors, x):
    """The outputs from the written weights, in double precision, by SciPy."""
    for number, (inputs, outputs) in enumerate(zip(SIZES, SIZES[1:])):
        get = lambda name: tensors[f"layers.{number}.{name}"].astype(np.float64)
        grid, weight = get("grid"), get("spline_weight") * get("spline_scaler")[..., None]
        out = (x / (1 + np.exp(-x))) @ get("base_weight").T
        for i in range(inputs):
            inside = (x[:, i] >= grid[i, 0]) & (x[:, i] < grid[i, -1])
            for o in range(outputs):
                curve = BSpline(
                    np.concatenate([grid[i, :1] - [3, 2, 1], grid[i], grid[i, -1:] + [1, 2, 3]]),
                    np.concatenate([np.zeros(3), weight[o, i], np.zeros(3)]),
                    ORDER,
                )
                out[:, o] += np.where(inside, curve(x[:, i]), 0)
        x = out
    return x


def main():
    folder = pathlib.Path(sys.argv[1])
    digits = load_digits()
    order = np.random.default_rng(1).permutation(len(digits.target))
    x, y = digits.data[order] / 8 - 1, digits.target[order]
    layers = train(jnp.float32(x[HELD_OUT:]), y[HELD_OUT:])
    tensors = {f"layers.{n}.grid": knots(i) for n, i in enumerate(SIZES[:-1])}
    for n, layer in enumerate(layers):
        tensors |= {f"layers.{n}.{name}": np.asarray(value) for name, value in layer.items()}
    save_file(tensors, folder / "digits-kan.safetensors")
    held, labels = x[:HELD_OUT], y[:HELD_OUT]
    outputs = expected(load_file(folder / "digits-kan.safetensors"), held)
    print("accuracy on what was held out:", np.mean(outputs.argmax(1) == labels))
    print("hidden numbers:", np.abs(forward(layers, jnp.float32(x))[1]).max())
    save_file(
        {"questions": held.astype(np.float16), "labels": labels.astype(np.int64), "outputs": outputs},
        folder / "digits-kan-expected.safetensors",
    )
    np.savetxt(folder / "digits-labelled.csv", np.c_[held, labels], fmt="%g", delimiter=",")
    np.savetxt(folder / "digits-train.csv", x[HELD_OUT : HELD_OUT + 200], fmt="%g", delimiter=",")


main()
