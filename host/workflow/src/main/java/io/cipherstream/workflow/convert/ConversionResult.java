package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.metric.Score;
import java.util.List;

/**
 * What a conversion made.
 *
 * @param variants the stages' models, in order
 * @param t the fit of T
 * @param majority scores of an answer that does not depend on the text
 * @param majorityAnswers its answers on the development set; not to be changed
 * @param control scores of a bag of word pieces
 * @param controlAnswers its answers; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record ConversionResult(
    List<StageVariant> variants,
    HingeFit t,
    List<Score> majority,
    double[][] majorityAnswers,
    List<Score> control,
    double[][] controlAnswers) {

  public ConversionResult {
    variants = List.copyOf(variants);
  }

  /**
   * A stage's model.
   *
   * @throws ConversionException if the conversion had no such stage
   */
  public StageVariant of(StageName stage) {
    return variants.stream()
        .filter(v -> v.stage() == stage)
        .findFirst()
        .orElseThrow(() -> new ConversionException("no stage " + stage.text()));
  }
}
