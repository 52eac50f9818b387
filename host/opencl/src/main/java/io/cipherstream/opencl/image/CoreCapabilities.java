package io.cipherstream.opencl.image;

import io.cipherstream.core.CoreLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What the second line of a job's result says of the core, up to what a manifest says too: the
 * cycles of its watchdog follow.
 */
public record CoreCapabilities(
    int magic,
    int version,
    int wordBits,
    int montgomeryBits,
    int lanes,
    int products,
    int streamWords,
    int slots,
    int clusters,
    int degreeBitsMin,
    int degreeBitsMax,
    int segments,
    int moduli) {

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
        b.getInt(44),
        b.getInt(48));
  }

  /** The differences from the manifest of its image; empty if there are none. */
  public List<String> differences(ImageManifest manifest) {
    CoreParameters p = manifest.parameters();
    ClusterParameters c = manifest.cluster();
    List<String> differences = new ArrayList<>();
    compare(differences, "magic", magic, CoreResult.MAGIC);
    compare(differences, "version", version, CoreLayout.VERSION);
    compare(differences, "wordBits", wordBits, p.wordBits());
    compare(differences, "montgomeryBits", montgomeryBits, manifest.montgomeryBits());
    compare(differences, "lanes", lanes, p.lanes());
    compare(differences, "products", products, c.products());
    compare(differences, "streamWords", streamWords, c.streamWords());
    compare(differences, "slots", slots, c.slots());
    compare(differences, "clusters", clusters, c.clusters());
    compare(differences, "degreeBitsMin", degreeBitsMin, p.degreeBitsMin());
    compare(differences, "degreeBitsMax", degreeBitsMax, p.degreeBitsMax());
    compare(differences, "segments", segments, p.segments());
    compare(differences, "moduli", moduli, p.moduli());
    return differences;
  }

  private static void compare(List<String> differences, String name, int got, int expected) {
    if (got != expected) {
      differences.add(name + " is " + got + ", the manifest says " + expected);
    }
  }
}
