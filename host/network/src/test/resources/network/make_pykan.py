"""Writes a small network with pykan's names and random weights, and its outputs, computed with SciPy's B-splines.

    pip install numpy scipy safetensors
    python make_pykan.py FOLDER

The arithmetic is that of pykan 0.2.8: KANLayer.forward, then the affine transforms of MultKAN.forward.
"""

import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file
from scipy.interpolate import BSpline

SIZES = (3, 4, 2)
GRID, ORDER = 4, 3


def main():
    folder = pathlib.Path(sys.argv[1])
    random = np.random.default_rng(7)
    questions = random.uniform(-1, 1, (40, SIZES[0]))
    tensors, x = {}, questions
    for n, (inputs, outputs) in enumerate(zip(SIZES, SIZES[1:])):
        step = 2 / GRID
        own = {
            f"act_fun.{n}.grid": np.tile(np.arange(-ORDER, GRID + ORDER + 1) * step - 1, (inputs, 1)),
            f"act_fun.{n}.coef": random.normal(0, 0.5, (inputs, outputs, GRID + ORDER)),
            f"act_fun.{n}.scale_base": random.normal(0, 0.5, (inputs, outputs)),
            f"act_fun.{n}.scale_sp": random.uniform(0.5, 1, (inputs, outputs)),
            f"act_fun.{n}.mask": (random.uniform(0, 1, (inputs, outputs)) < 0.8) * 1.0,
            f"symbolic_fun.{n}.mask": np.zeros((outputs, inputs)),
            f"subnode_scale_{n}": random.uniform(0.5, 1.5, outputs),
            f"subnode_bias_{n}": random.normal(0, 0.2, outputs),
            f"node_scale_{n}": random.uniform(0.5, 1.5, outputs),
            f"node_bias_{n}": random.normal(0, 0.2, outputs),
        }
        tensors |= own
        get = lambda name: own[f"act_fun.{n}.{name}"]
        out = np.zeros((len(x), outputs))
        for i in range(inputs):
            grid = get("grid")[i]
            inside = (x[:, i] >= grid[0]) & (x[:, i] < grid[-1])
            for o in range(outputs):
                curve = BSpline(
                    np.concatenate([grid[:1] - [3, 2, 1], grid, grid[-1:] + [1, 2, 3]]),
                    np.concatenate([np.zeros(3), get("coef")[i, o], np.zeros(3)]),
                    ORDER,
                )
                base = x[:, i] / (1 + np.exp(-x[:, i]))
                spline = np.where(inside, curve(x[:, i]), 0)
                edge = get("scale_base")[i, o] * base + get("scale_sp")[i, o] * spline
                out[:, o] += get("mask")[i, o] * edge
        x = own[f"subnode_scale_{n}"] * out + own[f"subnode_bias_{n}"]
        x = own[f"node_scale_{n}"] * x + own[f"node_bias_{n}"]
    save_file(tensors, folder / "pykan.safetensors")
    save_file({"questions": questions, "outputs": x}, folder / "pykan-expected.safetensors")


main()
