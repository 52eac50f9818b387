package io.cipherstream.model;

/**
 * A tensor that the graph holds ready-made.
 *
 * @param data its values; integers and truth values are kept as F64
 * @param type what they are to the graph
 */
public record OnnxConstant(TensorData data, OnnxValue.Type type) {}
