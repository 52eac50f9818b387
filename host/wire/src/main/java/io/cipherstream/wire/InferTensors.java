package io.cipherstream.wire;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How envelopes are named as binary tensors of the Open Inference Protocol: each is one tensor of
 * bytes with one dimension, and its number is its index in the plan's round.
 */
public final class InferTensors {

  /** HTTP header with the bytes of the JSON that stands before the tensors. */
  public static final String HEADER_LENGTH = "Inference-Header-Content-Length";

  /**
   * HTTP header with the id of the session that an inference or a new track is of, so that a node
   * of a cluster knows whose it is before it reads the body.
   */
  public static final String SESSION = "Cipherstream-Session";

  /** Type of every tensor. */
  public static final String DATATYPE = "UINT8";

  private InferTensors() {}

  /** {@code input0}, {@code input1}, …: what the client sends. */
  public static List<String> inputs(int count) {
    return names("input", count);
  }

  /** {@code output0}, {@code output1}, …: the answer. */
  public static List<String> outputs(int count) {
    return names("output", count);
  }

  private static List<String> names(String kind, int count) {
    return IntStream.range(0, count).mapToObj(i -> kind + i).toList();
  }
}
