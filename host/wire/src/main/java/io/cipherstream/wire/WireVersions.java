package io.cipherstream.wire;

import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/**
 * Versions of the wire format that this release reads and writes. An appliance lists its own in
 * {@code GET /v2}, and a client takes the newest that both have, so that a release which brings a
 * version keeps the one before it.
 */
public final class WireVersions {

  /** Oldest first. */
  public static final List<Integer> SPOKEN = List.of(EnvelopeHeader.VERSION);

  private WireVersions() {}

  /** The newest version that this release and another have; empty if there is none. */
  public static OptionalInt common(Collection<Integer> others) {
    return SPOKEN.stream().filter(others::contains).mapToInt(Integer::intValue).max();
  }
}
