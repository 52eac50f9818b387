package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a model gives for a row that pooling leaves. */
public enum Head {
  /** The row itself, scaled to length 1; no classifier. */
  EMBEDDING,
  /** One logit a class. */
  CLASSES,
  /** One number, the regression's value. */
  VALUE;

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
