package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import java.util.Arrays;
import java.util.HexFormat;

/** Compares a header with what the receiver expects, before anything is allocated. */
final class EnvelopeChecks {

  private EnvelopeChecks() {}

  /** Parameter set, session and key pair: whose envelope this is. */
  static void identity(EnvelopeHeader header, WireSession session) {
    identity(
        WireException.Kind.PARAMETERS,
        "parameter-set digest",
        session.parameters().digest(),
        header.parametersDigest());
    identity(WireException.Kind.SESSION, "session", session.sessionId(), header.sessionId());
    identity(
        WireException.Kind.KEY,
        "key fingerprint",
        session.keyFingerprint(),
        header.keyFingerprint());
  }

  static void ciphertext(
      EnvelopeHeader header,
      EnvelopeKind kind,
      EnvelopePosition position,
      int limbs,
      double scale) {
    kind(header, kind, 0);
    position.check(header.position());
    level(header, limbs, 0);
    scale(header.scale(), scale);
  }

  static void key(EnvelopeHeader header, KeySpec spec, CkksParameters parameters) {
    kind(header, spec.kind(), spec.step());
    EnvelopePosition.KEY.check(header.position());
    level(header, spec.limbs(), spec.digits(parameters));
    if (Double.doubleToRawLongBits(header.scale()) != 0) {
      throw new WireException(
          WireException.Kind.SCALE, "scale of a key", "0", Double.toString(header.scale()));
    }
  }

  /** The declared and the actual payload length are the one that the parameters give. */
  static void payload(EnvelopeHeader header, long expected, long availableAfterHeader) {
    length("declared payload", expected, header.payloadBytes());
    length("envelope after its header", expected + EnvelopeMac.BYTES, availableAfterHeader);
  }

  static void length(String field, long expected, long received) {
    if (received != expected) {
      throw new WireException(
          received < expected ? WireException.Kind.TRUNCATED : WireException.Kind.OVERSIZED,
          field,
          expected + " bytes",
          received + " bytes");
    }
  }

  static void limbs(CkksParameters parameters, int limbs) {
    if (limbs < 1 || limbs > parameters.dataLimbs()) {
      throw new IllegalArgumentException(
          "expected limbs: 1 to " + parameters.dataLimbs() + ", given " + limbs);
    }
  }

  private static void identity(
      WireException.Kind kind, String field, byte[] expected, byte[] received) {
    if (!Arrays.equals(expected, received)) {
      HexFormat hex = HexFormat.of();
      throw new WireException(kind, field, hex.formatHex(expected), hex.formatHex(received));
    }
  }

  private static void kind(EnvelopeHeader header, EnvelopeKind kind, int step) {
    if (header.kind() != kind || header.step() != step) {
      throw new WireException(
          WireException.Kind.UNEXPECTED,
          "kind",
          describe(kind, step),
          describe(header.kind(), header.step()));
    }
  }

  private static String describe(EnvelopeKind kind, int step) {
    return step == 0 ? kind.name() : kind + " for step " + step;
  }

  private static void level(EnvelopeHeader header, int limbs, int digits) {
    if (header.limbs() != limbs || header.digits() != digits) {
      throw new WireException(
          WireException.Kind.LEVEL,
          "level",
          limbs + " limbs and " + digits + " digits",
          header.limbs() + " limbs and " + header.digits() + " digits");
    }
  }

  private static void scale(double received, double expected) {
    if (!Double.isFinite(received) || received <= 0) {
      throw new WireException(
          WireException.Kind.SCALE,
          "scale",
          expected + ", finite and positive",
          Double.toString(received));
    }
    if (Double.doubleToRawLongBits(received) != Double.doubleToRawLongBits(expected)) {
      throw new WireException(
          WireException.Kind.SCALE, "scale", Double.toString(expected), Double.toString(received));
    }
  }
}
