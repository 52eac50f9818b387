package io.cipherstream.model.sealed;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How large one quantity was, by the kind of text; absolute values.
 *
 * @param layer index of the layer, 2 for the logits
 * @param rms the root of the mean square on texts of the task
 * @param texts largest on texts of the task
 * @param random largest on random word pieces
 * @param repeated largest on word pieces that are repeated, the dangerous texts
 * @param searched largest on texts that a search made worse
 * @param limit what training penalised it above; null where it did not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QuantityRange(
    int layer,
    Quantity quantity,
    double rms,
    double texts,
    double random,
    double repeated,
    double searched,
    @Nullable Double limit) {

  /** The largest on any text. */
  public double anywhere() {
    return Math.max(Math.max(texts, random), Math.max(repeated, searched));
  }
}
