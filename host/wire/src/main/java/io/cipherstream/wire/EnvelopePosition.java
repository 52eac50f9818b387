package io.cipherstream.wire;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Place of a ciphertext in the conversation: the inference, the round (−1 for the inputs) and the
 * index within the round. Covered by the keyed digest, so that an envelope fits one place only.
 */
public final class EnvelopePosition {

  /** Bytes of an inference id. */
  public static final int INFERENCE_ID_BYTES = 16;

  /** The place of every key: no inference, round 0, index 0. */
  public static final EnvelopePosition KEY =
      new EnvelopePosition(new byte[INFERENCE_ID_BYTES], 0, 0);

  private final byte[] inferenceId;
  private final int round;
  private final int index;

  /**
   * @throws IllegalArgumentException if the id is not 16 bytes, the round below −1 or the index
   *     negative
   */
  public EnvelopePosition(byte[] inferenceId, int round, int index) {
    if (inferenceId.length != INFERENCE_ID_BYTES || round < -1 || index < 0) {
      throw new IllegalArgumentException(
          "position: expected a 16-byte inference id, a round ≥ -1 and an index ≥ 0, received "
              + inferenceId.length
              + " bytes, "
              + round
              + ", "
              + index);
    }
    this.inferenceId = inferenceId.clone();
    this.round = round;
    this.index = index;
  }

  public byte[] inferenceId() {
    return inferenceId.clone();
  }

  public int round() {
    return round;
  }

  public int index() {
    return index;
  }

  /**
   * @throws WireException {@link WireException.Kind#REPLAYED} if {@code received} lies before this
   *     place or in another inference, {@link WireException.Kind#OUT_OF_ORDER} if after it
   */
  void check(EnvelopePosition received) {
    if (!Arrays.equals(inferenceId, received.inferenceId)) {
      throw new WireException(
          WireException.Kind.REPLAYED,
          "inference",
          HexFormat.of().formatHex(inferenceId),
          HexFormat.of().formatHex(received.inferenceId) + ", of another inference");
    }
    int order = Integer.compare(received.round, round);
    if (order == 0) {
      order = Integer.compare(received.index, index);
    }
    if (order != 0) {
      throw new WireException(
          order < 0 ? WireException.Kind.REPLAYED : WireException.Kind.OUT_OF_ORDER,
          "position",
          describe(),
          received.describe());
    }
  }

  private String describe() {
    return "round " + round + " ciphertext " + index;
  }

  @Override
  public String toString() {
    return describe() + " of inference " + HexFormat.of().formatHex(inferenceId);
  }
}
