package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a model gives for a row that pooling leaves. */
public enum Head {
  /** The row itself, scaled to length 1; no classifier. */
  EMBEDDING,
  /** The row itself, as it is; no classifier. */
  VECTOR,
  /** One logit a class. */
  CLASSES,
  /** One logit a label, of which any number may be true of a text. */
  LABELS,
  /** One number, the regression's value. */
  VALUE;

  /** Whether every output has a name. */
  public boolean named() {
    return this == CLASSES || this == LABELS;
  }

  /** Whether the row itself is the answer, without a classifier. */
  public boolean embeds() {
    return this == EMBEDDING || this == VECTOR;
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
  public static Head parse(String name) {
    return EnumNames.parse(Head.class, "head", name);
  }
}
