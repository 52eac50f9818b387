package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** How scores x = q·k/√d of one query become attention weights. */
public enum AttentionKind {
  /** exp(xᵢ) / Σⱼ exp(xⱼ). */
  SOFTMAX,
  /** The same of xᵢ + b, with b learned for a head and a distance, see {@link PositionBias}. */
  RELATIVE,
  /** eᵢ · T(Σⱼ eⱼ) with eᵢ = ReLU((xᵢ/2 + 1)³) and T a {@link HingeNetwork} near the reciprocal. */
  THEX,
  /** (a·xᵢ + b)² / n for a sentence of n tokens, see {@link PowerAttention}. */
  POWER;

  /** Whether weights are a softmax of scores, which a client computes exactly. */
  public boolean exact() {
    return this == SOFTMAX || this == RELATIVE;
  }

  /** The lower-case name in metadata and manifests. */
  @JsonValue
  public String text() {
    return EnumNames.of(this);
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if no constant has that name
   */
  @JsonCreator
  public static AttentionKind parse(String name) {
    return EnumNames.parse(AttentionKind.class, "attention", name);
  }
}
