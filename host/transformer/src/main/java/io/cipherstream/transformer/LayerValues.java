package io.cipherstream.transformer;

import io.cipherstream.model.HingeNetwork;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The numbers of one encoder layer as the encrypted steps want them, affine norms folded in. */
interface LayerValues {

  /** Queries, divided by √d. */
  Folded query();

  Folded key();

  Folded value();

  /** Output projection; its bias carries the residual's β. */
  Folded attentionOutput();

  /** γ of the residual around attention. */
  IntToDoubleFunction attentionResidual();

  Folded intermediate();

  /** FFN output; its bias carries the residual's β. */
  Folded ffnOutput();

  /** γ of the residual around the FFN. */
  IntToDoubleFunction ffnResidual();

  /** T, where attention is THE-X's. */
  @Nullable HingeNetwork hinges();

  /** A matrix and a bias. */
  record Folded(DiagonalStructure.MatrixValues matrix, IntToDoubleFunction bias) {
    /** For traces, which ignore values. */
    static final Folded ZERO = new Folded((i, j) -> 0, i -> 0);
  }

  /** Values for traces: zero everywhere. */
  static LayerValues none() {
    return new LayerValues() {
      @Override
      public Folded query() {
        return Folded.ZERO;
      }

      @Override
      public Folded key() {
        return Folded.ZERO;
      }

      @Override
      public Folded value() {
        return Folded.ZERO;
      }

      @Override
      public Folded attentionOutput() {
        return Folded.ZERO;
      }

      @Override
      public IntToDoubleFunction attentionResidual() {
        return Folded.ZERO.bias();
      }

      @Override
      public Folded intermediate() {
        return Folded.ZERO;
      }

      @Override
      public Folded ffnOutput() {
        return Folded.ZERO;
      }

      @Override
      public IntToDoubleFunction ffnResidual() {
        return Folded.ZERO.bias();
      }

      @Override
      public @Nullable HingeNetwork hinges() {
        return null;
      }
    };
  }
}
