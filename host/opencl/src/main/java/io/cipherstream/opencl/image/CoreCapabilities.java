package io.cipherstream.opencl.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The capabilities that a core reports in its second result line. */
public record CoreCapabilities(
    int magic,
    int version,
    int wordBits,
    int montgomeryBits,
    int lanes,
    int busWords,
    int degreeBitsMin,
    int degreeBitsMax,
    int segments,
    int moduli,
    int nttUnits,
    int watchdogCycles) {

  static CoreCapabilities of(ByteBuffer line) {
    ByteBuffer b = line.slice().order(ByteOrder.LITTLE_ENDIAN);
    return new CoreCapabilities(
        b.getInt(0),
        b.getInt(4),
        b.getInt(8),
        b.getInt(12),
        b.getInt(16),
        b.getInt(20),
        b.getInt(24),
        b.getInt(28),
        b.getInt(32),
        b.getInt(36),
        b.getInt(40),
        b.getInt(44));
  }

  /** The differences from the manifest of its image; empty if there are none. */
  public List<String> differences(ImageManifest manifest) {
    CoreParameters p = manifest.parameters();
    List<String> differences = new ArrayList<>();
    compare(differences, "magic", magic, CoreResult.MAGIC);
    compare(differences, "version", version, manifest.instructionSetVersion());
    compare(differences, "wordBits", wordBits, p.wordBits());
    compare(differences, "montgomeryBits", montgomeryBits, manifest.montgomeryBits());
    compare(differences, "lanes", lanes, p.lanes());
    compare(differences, "busWords", busWords, p.busWords());
    compare(differences, "degreeBitsMin", degreeBitsMin, p.degreeBitsMin());
    compare(differences, "degreeBitsMax", degreeBitsMax, p.degreeBitsMax());
    compare(differences, "segments", segments, p.segments());
    compare(differences, "moduli", moduli, p.moduli());
    compare(differences, "nttUnits", nttUnits, p.nttUnits());
    return differences;
  }

  static void compare(List<String> differences, String name, int got, int expected) {
    if (got != expected) {
      differences.add(name + " is " + got + ", the manifest says " + expected);
    }
  }
}
