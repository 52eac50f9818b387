package io.cipherstream.workflow.report;

/**
 * Comparison of two ways to compute the same values.
 *
 * @param model name of the variant
 * @param what the compared values, such as {@code logits, encrypted}
 * @param against the other side, such as {@code logits, plaintext}
 * @param sentences number of compared sentences
 * @param maxAbsDifference largest absolute difference of a value; NaN if one was not finite
 * @param limit largest difference that passes
 * @param differentLabels sentences whose answer differs; −1 if answers were not compared
 * @param secondsPerSentence of the first of the two; NaN if not measured
 * @param remark more for readers; may be empty
 */
public record AgreementCheck(
    String model,
    String what,
    String against,
    int sentences,
    double maxAbsDifference,
    double limit,
    int differentLabels,
    double secondsPerSentence,
    String remark) {

  /** Limit for two implementations of the same forward pass in single precision. */
  public static final double FORWARD_LIMIT = 1e-5;

  /** Limit for logits computed under encryption. */
  public static final double ENCRYPTED_LIMIT = 1e-2;

  /**
   * @throws IllegalArgumentException if model or what is blank, no sentence was compared, the limit
   *     is not positive, or more answers differ than were compared
   */
  public AgreementCheck {
    ReportChecks.text("model of a check", model);
    ReportChecks.text("what a check compares", what);
    if (sentences < 1 || differentLabels < -1 || differentLabels > sentences) {
      throw new IllegalArgumentException(
          differentLabels
              + " different answers to "
              + sentences
              + " sentences: expected at least one sentence, and -1 to as many answers");
    }
    if (!(limit > 0)) {
      throw new IllegalArgumentException("limit " + limit + ": expected a positive number");
    }
  }

  /** Whether the difference is at most the limit and no answer differs. */
  public boolean passed() {
    return maxAbsDifference <= limit && differentLabels <= 0;
  }
}
