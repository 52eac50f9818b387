"""Writes small ONNX files: layers.onnx has every kind of layer that is imported, maxpool.onnx one that is not.

    pip install numpy onnx
    python make_layers.py FOLDER
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def save(nodes, constants, inputs, outputs, path):
    graph = helper.make_graph(
        nodes,
        "layers",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *inputs])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", *outputs])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    folder = pathlib.Path(sys.argv[1])
    random = np.random.default_rng(5)
    draw = lambda *shape: random.normal(0, 0.5, shape).astype(np.float32)
    constants = {
        "offset": draw(2, 1, 1),
        "scale": draw(1),
        "grouped": draw(4, 1, 3, 2),
        "grouped_bias": draw(4),
        "strided": draw(6, 4, 2, 3),
        "per_channel": 1 + draw(1, 6, 1, 1) ** 2,
        "vector": np.array([0, -1], np.int64),
        "dense": draw(6, 5),
        "added": draw(5),
        "last": draw(5, 3),
        "last_bias": draw(3),
    }
    node = helper.make_node
    nodes = [
        node("Sub", ["offset", "x"], ["a"]),
        node("Mul", ["a", "scale"], ["b"]),
        node("Conv", ["b", "grouped", "grouped_bias"], ["c"], kernel_shape=[3, 2], group=2, pads=[1, 0, 1, 1]),
        node("Softplus", ["c"], ["d"]),
        node("AveragePool", ["d"], ["e"], kernel_shape=[2, 1], strides=[1, 1]),
        node("Conv", ["e", "strided"], ["f"], kernel_shape=[2, 3], strides=[2, 1], pads=[0, 1, 0, 0]),
        node("Div", ["f", "per_channel"], ["g"]),
        node("Tanh", ["g"], ["h"]),
        node("GlobalAveragePool", ["h"], ["i"]),
        node("Reshape", ["i", "vector"], ["j"]),
        node("MatMul", ["j", "dense"], ["k"]),
        node("Add", ["added", "k"], ["l"]),
        node("Sigmoid", ["l"], ["m"]),
        node("Identity", ["m"], ["n"]),
        node("Gemm", ["n", "last", "last_bias"], ["y"], alpha=0.5, beta=2.0),
    ]
    save(nodes, constants, [2, 5, 6], [3], folder / "layers.onnx")
    pool = [node("MaxPool", ["x"], ["y"], name="largest", kernel_shape=[2, 2], strides=[2, 2])]
    save(pool, {}, [1, 4, 4], [1, 2, 2], folder / "maxpool.onnx")


main()
