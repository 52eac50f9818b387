package io.cipherstream.opencl.image;

import io.cipherstream.core.CoreLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The capabilities that clusters report in the second line of a job's result. */
public record ClusterCapabilities(
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
    int moduli,
    int watchdogCycles) {

  static ClusterCapabilities of(ByteBuffer line) {
    ByteBuffer b = line.slice().order(ByteOrder.LITTLE_ENDIAN);
    return new ClusterCapabilities(
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
        b.getInt(48),
        b.getInt(52));
  }

  /**
   * The differences from the manifest of its image, which has clusters; empty if there are none.
   */
  public List<String> differences(ImageManifest manifest) {
    CoreParameters p = manifest.parameters();
    ClusterParameters c = manifest.cluster().orElseThrow();
    List<String> differences = new ArrayList<>();
    CoreCapabilities.compare(differences, "magic", magic, CoreResult.MAGIC);
    CoreCapabilities.compare(differences, "version", version, CoreLayout.VERSION);
    CoreCapabilities.compare(differences, "wordBits", wordBits, p.wordBits());
    CoreCapabilities.compare(
        differences, "montgomeryBits", montgomeryBits, manifest.montgomeryBits());
    CoreCapabilities.compare(differences, "lanes", lanes, p.lanes());
    CoreCapabilities.compare(differences, "products", products, c.products());
    CoreCapabilities.compare(differences, "streamWords", streamWords, c.streamWords());
    CoreCapabilities.compare(differences, "slots", slots, c.slots());
    CoreCapabilities.compare(differences, "clusters", clusters, c.clusters());
    CoreCapabilities.compare(differences, "degreeBitsMin", degreeBitsMin, p.degreeBitsMin());
    CoreCapabilities.compare(differences, "degreeBitsMax", degreeBitsMax, p.degreeBitsMax());
    CoreCapabilities.compare(differences, "segments", segments, p.segments());
    CoreCapabilities.compare(differences, "moduli", moduli, p.moduli());
    return differences;
  }
}
