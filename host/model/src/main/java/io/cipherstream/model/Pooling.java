package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** How the token rows of the last layer become the rows that the head sees. */
public enum Pooling {
  /** The first token's row. */
  CLS,
  /** The mean over all tokens. */
  MEAN,
  /** Every token's row stays: one output row a token. */
  NONE;

  /** The lower-case name in metadata and manifests. */
  @JsonValue
  public String text() {
    return EnumNames.of(this);
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if no constant has that name
   */
  @JsonCreator
  public static Pooling parse(String name) {
    return EnumNames.parse(Pooling.class, "pooling", name);
  }
}
