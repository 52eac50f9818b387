package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the pooled row and the classifier: f(P·row + p) with the constant's f, or
 * nothing. Manifests and plans say {@code false}, {@code true}, {@code relu} or {@code gelu}: once
 * there was tanh alone.
 */
public enum Pooler {
  /** No such matrix: the row itself goes to the classifier. */
  NONE("false", null),
  /** BERT's, RoBERTa's and ALBERT's. */
  TANH("true", DenseFunction.TANH),
  /** DistilBERT's. */
  RELU("relu", DenseFunction.RELU),
  /** ELECTRA's. */
  GELU("gelu", DenseFunction.GELU);

  private final String text;
  private final @Nullable DenseFunction function;

  Pooler(String text, @Nullable DenseFunction function) {
    this.text = text;
    this.function = function;
  }

  /**
   * f(x) in float64.
   *
   * @throws IllegalStateException if there is no pooler
   */
  public double apply(double x) {
    if (function == null) {
      throw new IllegalStateException("there is no pooler");
    }
    return function.apply(x);
  }

  /** Whether there is a matrix P. */
  public boolean exists() {
    return this != NONE;
  }

  /** As plans write it. */
  @Override
  public String toString() {
    return text;
  }

  @JsonValue
  Object json() {
    return this == NONE || this == TANH ? (Object) (this == TANH) : text;
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if no constant is written like that
   */
  @JsonCreator
  static Pooler parse(Object written) {
    for (Pooler pooler : values()) {
      if (pooler.text.equals(String.valueOf(written))) {
        return pooler;
      }
    }
    throw new ModelException(
        ModelException.Kind.UNSUPPORTED,
        "pooler '" + written + "': expected false, true (tanh), relu or gelu");
  }
}
