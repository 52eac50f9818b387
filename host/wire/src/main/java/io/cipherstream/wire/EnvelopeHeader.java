package io.cipherstream.wire;

import io.netty.buffer.ByteBuf;

/**
 * The 192 bytes before every payload, little endian.
 *
 * <pre>
 *   0 magic "CSTM"    12 digits (keys)     28 zero             64 session id (16)
 *   4 version         14 zero              32 scale bits       80 zero (16)
 *   6 kind            16 rotation step     40 payload length   96 parameter-set digest (32)
 *   7 form            20 round             48 inference (16)  128 key fingerprint (32)
 *   8 packing         24 index                                160 zero (32)
 *   9 polynomials
 *  10 limbs
 * </pre>
 */
record EnvelopeHeader(
    EnvelopeKind kind,
    WordPacking packing,
    int polynomials,
    int limbs,
    int digits,
    int step,
    EnvelopePosition position,
    double scale,
    long payloadBytes,
    byte[] sessionId,
    byte[] parametersDigest,
    byte[] keyFingerprint) {

  static final int BYTES = 192;
  static final int MAGIC = 0x4d545343; // "CSTM"
  static final int VERSION = 1;
  static final int FORM_NTT = 1;

  /** Appends this header to {@code out}. */
  void writeTo(ByteBuf out) {
    out.writeIntLE(MAGIC);
    out.writeShortLE(VERSION);
    out.writeByte(kind.code());
    out.writeByte(FORM_NTT);
    out.writeByte(packing.code());
    out.writeByte(polynomials);
    out.writeShortLE(limbs);
    out.writeShortLE(digits);
    out.writeZero(2);
    out.writeIntLE(step);
    out.writeIntLE(position.round());
    out.writeIntLE(position.index());
    out.writeZero(4);
    out.writeLongLE(Double.doubleToRawLongBits(scale));
    out.writeLongLE(payloadBytes);
    out.writeBytes(position.inferenceId());
    out.writeBytes(sessionId);
    out.writeZero(16);
    out.writeBytes(parametersDigest);
    out.writeBytes(keyFingerprint);
    out.writeZero(32);
  }

  /**
   * Reads the header at {@code index}; checks only what does not depend on the session.
   *
   * @throws WireException {@link WireException.Kind#TRUNCATED}, {@link WireException.Kind#MAGIC},
   *     {@link WireException.Kind#VERSION} or {@link WireException.Kind#HEADER}
   */
  static EnvelopeHeader read(ByteBuf in, int index) {
    int available = in.writerIndex() - index;
    if (available < BYTES) {
      throw new WireException(
          WireException.Kind.TRUNCATED, "header", BYTES + " bytes", available + " bytes");
    }
    int magic = in.getIntLE(index);
    if (magic != MAGIC) {
      throw new WireException(
          WireException.Kind.MAGIC,
          "magic",
          String.format("0x%08x", MAGIC),
          String.format("0x%08x", magic));
    }
    int version = in.getUnsignedShortLE(index + 4);
    if (!WireVersions.SPOKEN.contains(version)) {
      throw new WireException(
          WireException.Kind.VERSION,
          "version",
          WireVersions.SPOKEN.toString(),
          Integer.toString(version));
    }
    EnvelopeKind kind = EnvelopeKind.of(in.getUnsignedByte(index + 6));
    field("form", FORM_NTT, in.getUnsignedByte(index + 7));
    WordPacking packing = WordPacking.of(in.getUnsignedByte(index + 8));
    int polynomials = in.getUnsignedByte(index + 9);
    field("polynomials", kind.polynomials(), polynomials);
    field("reserved bytes", 0, in.getUnsignedShortLE(index + 14));
    field("reserved bytes", 0, in.getIntLE(index + 28));
    for (int reserved : new int[] {80, 88, 160, 168, 176, 184}) {
      field("reserved bytes", 0, in.getLongLE(index + reserved));
    }
    return new EnvelopeHeader(
        kind,
        packing,
        polynomials,
        in.getUnsignedShortLE(index + 10),
        in.getUnsignedShortLE(index + 12),
        in.getIntLE(index + 16),
        position(in, index),
        Double.longBitsToDouble(in.getLongLE(index + 32)),
        in.getLongLE(index + 40),
        bytes(in, index + 64, WireSession.SESSION_ID_BYTES),
        bytes(in, index + 96, 32),
        bytes(in, index + 128, WireSession.FINGERPRINT_BYTES));
  }

  private static EnvelopePosition position(ByteBuf in, int index) {
    int round = in.getIntLE(index + 20);
    int place = in.getIntLE(index + 24);
    if (round < -1 || place < 0) {
      throw new WireException(
          WireException.Kind.HEADER,
          "position",
          "a round ≥ -1 and an index ≥ 0",
          round + " and " + place);
    }
    return new EnvelopePosition(
        bytes(in, index + 48, EnvelopePosition.INFERENCE_ID_BYTES), round, place);
  }

  private static byte[] bytes(ByteBuf in, int index, int length) {
    byte[] bytes = new byte[length];
    in.getBytes(index, bytes);
    return bytes;
  }

  private static void field(String name, long expected, long received) {
    if (received != expected) {
      throw new WireException(
          WireException.Kind.HEADER, name, Long.toString(expected), Long.toString(received));
    }
  }
}
