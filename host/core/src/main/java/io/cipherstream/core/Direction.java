package io.cipherstream.core;

/** What a pass does between its load and its store stream. */
public enum Direction {
  /** Forward transform. */
  NTT,
  /** Inverse transform, the factor 1/N included. */
  INTT,
  /** Nothing: a MAP. */
  NONE
}
