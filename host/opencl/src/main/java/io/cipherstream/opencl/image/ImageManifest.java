package io.cipherstream.opencl.image;

import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbRing;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents of {@code manifest.json} beside a device image.
 *
 * @param name configuration, such as {@code sim-cluster}
 * @param board the target, such as {@code sim} or {@code alveo-u280}
 * @param kernel OpenCL name of the kernel
 * @param parameters parameters of the core
 * @param cluster its clusters
 * @param montgomeryBits log₂ of the Montgomery factor R of its root tables
 * @param clockMhz intended clock; for a simulation, the clock at which times are stated
 * @param rtlDigest SHA-256 of the register-transfer code, hexadecimal; empty for a model without it
 * @param image the image's file
 * @param verified what was checked
 * @param notVerified what was not
 */
public record ImageManifest(
    String name,
    String board,
    String kernel,
    CoreParameters parameters,
    ClusterParameters cluster,
    int montgomeryBits,
    double clockMhz,
    String rtlDigest,
    ImageFile image,
    List<String> verified,
    List<String> notVerified) {

  /** Board of simulated cards. */
  public static final String SIMULATION = "sim";

  /**
   * The image's file.
   *
   * @param file name within the manifest's folder
   * @param sha256 of its bytes, hexadecimal
   */
  public record ImageFile(String file, long bytes, String sha256) {}

  public ImageManifest {
    verified = List.copyOf(verified);
    notVerified = List.copyOf(notVerified);
  }

  /** Whether the core is simulated, so that its times are those of a model. */
  public boolean simulated() {
    return board.equals(SIMULATION);
  }

  /**
   * Why programs over that ring cannot run on the core, which takes all moduli of the ring at once;
   * empty if they can.
   */
  public List<String> obstacles(LimbRing ring) {
    List<String> obstacles = new ArrayList<>(parameters.obstacles(ring));
    int moduli = ring.moduli().size();
    if (moduli > parameters.moduli()) {
      obstacles.add(
          "the ring has " + moduli + " moduli, its table has room for " + parameters.moduli());
    }
    return obstacles;
  }

  /** The cycles for which instructions keep the core busy. */
  public CoreCycles cycles(List<Instruction> instructions, LimbRing ring) {
    return CoreCycles.of(instructions, ring, cluster.shape(parameters, 0));
  }

  /** The core for people: how many clusters of what size. */
  public String core() {
    return (cluster.clusters() == 1
            ? "1 cluster of P = "
            : cluster.clusters() + " clusters of P = ")
        + parameters.lanes()
        + ", M = "
        + cluster.products()
        + ", Q = "
        + cluster.streamWords()
        + ", S = "
        + cluster.slots()
        + ", "
        + parameters.wordBits()
        + "-bit words";
  }

  @Override
  public String toString() {
    return "image " + name + " for " + board;
  }
}
