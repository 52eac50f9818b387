package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.hinge.HingeFit;
import java.util.List;

/**
 * The result of a conversion.
 *
 * @param variants the stages' models, in order
 * @param t the fit of T
 */
public record ConversionResult(List<StageVariant> variants, HingeFit t) {

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
