package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.train.Kinds;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The stages of a conversion, in order. */
public enum StageName {
  /** Fine-tunes the source model on the task, nothing replaced. */
  EXACT(Kinds.EXACT, "exact", "GELU, softmax and LayerNorm as pre-trained, fine-tuned on the task"),
  /** Trains a smaller model on the logits of the exact one. */
  STUDENT(Kinds.EXACT, "student", "a smaller exact model, trained on the large one's logits"),
  /** GELU to ReLU, softmax to THE-X's kernel with T. */
  ATTENTION(
      Kinds.ATTENTION,
      "ReLU + THE-X attention",
      "GELU becomes ReLU and softmax THE-X's kernel with T; distilled from the exact model"),
  /** LayerNorm to x∘γ + β: regression, then training of γ and β only. */
  NORMS(
      Kinds.THEX,
      "THE-X, norms alone",
      "every LayerNorm in the encoder becomes x∘γ + β: per-feature regression, then γ and β alone"
          + " are trained against the original norms' outputs"),
  /** Everything together: full THE-X. */
  THEX(Kinds.THEX, "full THE-X", "all weights distilled end to end from the exact model"),
  /** Quadratic activation, power attention, affine norms. */
  POLYNOMIAL(
      Kinds.POLYNOMIAL,
      "polynomial",
      "quadratic activation and power attention are mixed in little by little: nothing is left for"
          + " the client to compute");

  private final Kinds kinds;

  private final String title;
  private final String purpose;

  StageName(Kinds kinds, String title, String purpose) {
    this.kinds = kinds;
    this.title = title;
    this.purpose = purpose;
  }

  /** Replacements of GELU, softmax and LayerNorm at the end of the stage. */
  public Kinds kinds() {
    return kinds;
  }

  /** Its name in tables. */
  public String title() {
    return title;
  }

  /** What it does, in one sentence. */
  public String purpose() {
    return purpose;
  }

  /** Its name in options and folders. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws ConversionException for any other name
   */
  public static StageName parse(String name) {
    return Arrays.stream(values())
        .filter(s -> s.text().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ConversionException(
                    "stage '"
                        + name
                        + "': expected one of "
                        + Arrays.stream(values())
                            .map(StageName::text)
                            .collect(Collectors.joining(", "))));
  }
}
