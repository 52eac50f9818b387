package io.cipherstream.transformer;

import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the non-polynomial parts of a transformer are divided between client and appliance. */
public enum InferenceMode {
  /** The client computes softmax, GELU and LayerNorm exactly on what it decrypts. */
  ASSISTED,
  /** THE-X: ReLU kernel, the hinge network T and the FFN's ReLU at the client. */
  PAPER,
  /** THE-X with one exact reciprocal of a randomly scaled row sum instead of T. */
  COMPACT,
  /** A polynomial encoder: one request, one answer, and nothing is decrypted in between. */
  SEALED;

  /** Lower-case name used in manifests, options and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for any other word; the message lists the modes
   */
  public static InferenceMode parse(String word) {
    return Arrays.stream(values())
        .filter(mode -> mode.label().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "mode '" + word + "': expected one of " + labels(List.of(values()))));
  }

  /** The modes a model can run in, most faithful to the published method first. */
  public static List<InferenceMode> supportedBy(ModelShape shape) {
    if (shape.attention() == AttentionKind.SOFTMAX && shape.norm() == NormKind.FULL) {
      return List.of(ASSISTED);
    }
    if (shape.attention() == AttentionKind.THEX && shape.norm() == NormKind.AFFINE) {
      return List.of(PAPER, COMPACT);
    }
    return List.of();
  }

  /** Labels of several modes, for messages. */
  public static List<String> labels(List<InferenceMode> modes) {
    return modes.stream().map(InferenceMode::label).toList();
  }
}
