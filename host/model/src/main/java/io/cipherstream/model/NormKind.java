package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What stands where BERT has a LayerNorm in the encoder. */
public enum NormKind {
  /** (x − μ)/√(σ² + ε) ∘ γ + β over the features of a token. */
  FULL,
  /** x ∘ γ + β. */
  AFFINE;

  /** The lower-case name in metadata and manifests. */
  @JsonValue
  public String text() {
    return EnumNames.of(this);
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if no constant has that name
   */
  @JsonCreator
  public static NormKind parse(String name) {
    return EnumNames.parse(NormKind.class, "norm", name);
  }
}
