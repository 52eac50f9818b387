package io.cipherstream.model;

/** What an input of the graph is fed with. */
enum OnnxRole {
  /** Word pieces. */
  IDS,
  /** 1 for a token, 0 for padding. */
  MASK,
  /** Segments. */
  TYPES,
  /** 0, 1, 2, … */
  POSITIONS;

  int bit() {
    return 1 << ordinal();
  }

  /** Whether a value depends on nothing but, perhaps, the mask. */
  static boolean maskAlone(int inputs) {
    return (inputs & ~MASK.bit()) == 0;
  }
}
