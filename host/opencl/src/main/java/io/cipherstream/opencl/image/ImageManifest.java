package io.cipherstream.opencl.image;

import java.util.List;

/**
 * The contents of {@code manifest.json} beside a device image.
 *
 * @param name configuration, such as {@code sim-p4}
 * @param board the target, such as {@code sim} or {@code alveo-u280}
 * @param kernel OpenCL name of the kernel
 * @param parameters parameters of the core
 * @param montgomeryBits log₂ of the Montgomery factor R of its root tables
 * @param instructionSetVersion version of descriptors that it takes
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
    int montgomeryBits,
    int instructionSetVersion,
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

  @Override
  public String toString() {
    return "image " + name + " for " + board;
  }
}
