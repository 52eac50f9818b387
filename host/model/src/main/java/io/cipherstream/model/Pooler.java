package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What stands between the pooled row and the classifier: f(P·row + p) with the constant's f, or
 * nothing. Manifests and plans say {@code false}, {@code true}, {@code relu} or {@code gelu}: once
 * there was tanh alone.
 */
public enum Pooler {
  /** No such matrix: the row itself goes to the classifier. */
  NONE("false") {
    @Override
    public double apply(double x) {
      throw new IllegalStateException("there is no pooler");
    }
  },
  /** BERT's, RoBERTa's and ALBERT's. */
  TANH("true") {
    @Override
    public double apply(double x) {
      return Math.tanh(x);
    }
  },
  /** DistilBERT's. */
  RELU("relu") {
    @Override
    public double apply(double x) {
      return Activation.RELU.apply(x);
    }
  },
  /** ELECTRA's. */
  GELU("gelu") {
    @Override
    public double apply(double x) {
      return Activation.GELU.apply(x);
    }
  };

  private final String text;

  Pooler(String text) {
    this.text = text;
  }

  /** f(x) in float64. */
  public abstract double apply(double x);

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
