package io.cipherstream.wire;

/** How residues are laid out in a payload. */
public enum WordPacking {
  /** 64-bit little-endian words. */
  RAW(0),
  /** Exactly bits(q) bits a residue, least significant bit first, each limb on its own. */
  BIT_PACKED(1);

  private final int code;

  WordPacking(int code) {
    this.code = code;
  }

  /** The byte on the wire. */
  public int code() {
    return code;
  }

  /** Bits that one residue below q takes when q has {@code modulusBits} bits. */
  int bitsPerWord(int modulusBits) {
    return this == RAW ? Long.SIZE : modulusBits;
  }

  /**
   * @throws WireException {@link WireException.Kind#HEADER} for an unknown code
   */
  static WordPacking of(int code) {
    return switch (code) {
      case 0 -> RAW;
      case 1 -> BIT_PACKED;
      default ->
          throw new WireException(
              WireException.Kind.HEADER,
              "packing",
              "0 (raw) or 1 (bit-packed)",
              Integer.toString(code));
    };
  }
}
