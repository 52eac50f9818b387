package io.cipherstream.wire;

/** What an envelope carries. */
public enum EnvelopeKind {
  /** Client to appliance: a fresh symmetric encryption, c₀ and the 64-byte seed of c₁. */
  CIPHERTEXT_SEEDED(1, 1, true),
  /** Server to client: c₀ and c₁. */
  CIPHERTEXT(2, 2, false),
  /** Key-switching key of one rotation step; per digit a seed and c₀. */
  ROTATION_KEY(3, 1, true),
  /** Key-switching key of s²; per digit a seed and c₀. */
  RELINEARIZATION_KEY(4, 1, true),
  /** Encryption of zero under all primes; a seed and c₀. */
  PUBLIC_KEY(5, 1, true);

  private final int code;
  private final int polynomials;
  private final boolean seeded;

  EnvelopeKind(int code, int polynomials, boolean seeded) {
    this.code = code;
    this.polynomials = polynomials;
    this.seeded = seeded;
  }

  /** The byte on the wire. */
  public int code() {
    return code;
  }

  /** Polynomials sent as words: 1 where the other is given by its seed. */
  public int polynomials() {
    return polynomials;
  }

  /** Whether each polynomial sent is preceded by a seed. */
  public boolean seeded() {
    return seeded;
  }

  /** Whether this is a key rather than a ciphertext. */
  public boolean isKey() {
    return this == ROTATION_KEY || this == RELINEARIZATION_KEY || this == PUBLIC_KEY;
  }

  /**
   * @throws WireException {@link WireException.Kind#HEADER} for an unknown code
   */
  static EnvelopeKind of(int code) {
    for (EnvelopeKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new WireException(
        WireException.Kind.HEADER, "kind", "1 to " + values().length, Integer.toString(code));
  }
}
