package io.cipherstream.transformer;

import io.cipherstream.model.ModelModes;
import io.cipherstream.model.ModelShape;
import java.util.Arrays;
import java.util.List;

/** How the non-polynomial parts of a transformer are divided between client and appliance. */
public enum InferenceMode {
  /** The appliance computes every product with a weight, the client everything else, exactly. */
  HYBRID(ModelModes.HYBRID),
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
   * The mode of that name, or of the name that it had before ({@link ModelModes#current}).
   *
   * @throws IllegalArgumentException for any other word; the message lists the modes
   */
  public static InferenceMode parse(String word) {
    String current = ModelModes.current(word);
    return Arrays.stream(values())
        .filter(mode -> mode.label().equals(current))
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

  /**
   * @throws IllegalArgumentException if this mode, which has rounds, does not fit the model
   */
  void requireFor(ModelShape shape) {
    if (!supportedBy(shape).contains(this)) {
      throw new IllegalArgumentException(
          "mode '"
              + label
              + "' does not fit this model (attention "
              + shape.attention()
              + ", norm "
              + shape.norm()
              + "): expected one of "
              + labels(supportedBy(shape)));
    }
  }

  /** Labels of several modes, for messages. */
  public static List<String> labels(List<InferenceMode> modes) {
    return modes.stream().map(InferenceMode::label).toList();
  }
}
