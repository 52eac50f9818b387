package io.cipherstream.transformer;

import io.cipherstream.model.ModelModes;
import io.cipherstream.model.ModelShape;
import java.util.Arrays;
import java.util.List;

/** How the non-polynomial parts of a transformer are divided between client and appliance. */
public enum InferenceMode {
  /** The client computes softmax, GELU and LayerNorm exactly on what it decrypts. */
  ASSISTED(ModelModes.ASSISTED),
  /** THE-X: ReLU kernel, the hinge network T and the FFN's ReLU at the client. */
  PAPER(ModelModes.PAPER),
  /** THE-X with one exact reciprocal of a randomly scaled row sum instead of T. */
  COMPACT(ModelModes.COMPACT),
  /** A polynomial encoder: one request, one answer, and nothing is decrypted in between. */
  SEALED(ModelModes.SEALED);

  private final String label;

  InferenceMode(String label) {
    this.label = label;
  }

  /** Lower-case name used in manifests, options and messages. */
  public String label() {
    return label;
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

  /** {@link ModelModes#of} as modes: those with rounds that a model can run in, preferred first. */
  public static List<InferenceMode> supportedBy(ModelShape shape) {
    return ModelModes.of(shape).stream().map(InferenceMode::parse).toList();
  }

  /** Labels of several modes, for messages. */
  public static List<String> labels(List<InferenceMode> modes) {
    return modes.stream().map(InferenceMode::label).toList();
  }
}
