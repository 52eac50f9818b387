package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A matrix of mode hybrid with its bias, in the form that a layout's blocks take. */
interface HybridLinear {

  /** Ciphertexts of an input of one group. */
  int inputs();

  /**
   * W·x + b of one group, with γ∘y added where there is a residual.
   *
   * @param residual y, or null for none
   */
  List<Ciphertext> apply(
      StepContext ctx, List<Ciphertext> input, @Nullable List<Ciphertext> residual);

  /**
   * Diagonals, where a token has several features in a ciphertext.
   *
   * @param gamma γ at the scale of the product, null where nothing is added
   */
  record Diagonals(EncodedLinear linear, @Nullable PeriodicPlaintexts gamma)
      implements HybridLinear {

    @Override
    public int inputs() {
      return linear.matrix().structure().in().blocks();
    }

    @Override
    public List<Ciphertext> apply(
        StepContext ctx, List<Ciphertext> input, @Nullable List<Ciphertext> residual) {
      PeriodicPlaintexts factors = gamma;
      return LinearStep.apply(
          ctx,
          linear,
          input,
          residual == null || factors == null ? null : new LinearStep.Residual(residual, factors));
    }
  }
}
