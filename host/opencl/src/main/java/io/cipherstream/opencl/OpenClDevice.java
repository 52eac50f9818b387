package io.cipherstream.opencl;

import java.util.Locale;

/**
 * The properties that an OpenCL device reports, from queries of OpenCL 1.0.
 *
 * @param platformIndex position of its platform in the loader's list
 * @param deviceIndex position in its platform's list
 * @param platformName its platform's name
 * @param platformVendor who made the platform
 * @param platformVersion the platform's OpenCL version and more
 * @param platformShort short name for selections, such as {@code pocl}, lower case
 * @param name the device's name
 * @param vendor who made the device
 * @param driver version of the driver
 * @param version the device's OpenCL version and more
 * @param type what it is
 * @param computeUnits parallel units
 * @param clockMhz highest clock in MHz
 * @param memoryBytes global memory
 * @param allocationBytesMax largest single allocation
 * @param localBytes local memory of a work-group
 * @param groupItemsMax largest work-group
 * @param fp64 whether it has double precision with a fused multiply-add
 * @param int64 whether it has 64-bit integers
 * @param littleEndian whether its words are little endian, as limb memory is
 * @param available whether it can be used now
 * @param compiler whether it builds kernels from source
 */
public record OpenClDevice(
    int platformIndex,
    int deviceIndex,
    String platformName,
    String platformVendor,
    String platformVersion,
    String platformShort,
    String name,
    String vendor,
    String driver,
    String version,
    Type type,
    int computeUnits,
    int clockMhz,
    long memoryBytes,
    long allocationBytesMax,
    long localBytes,
    int groupItemsMax,
    boolean fp64,
    boolean int64,
    boolean littleEndian,
    boolean available,
    boolean compiler) {

  /** The type of a device. */
  public enum Type {
    CPU,
    GPU,
    ACCELERATOR,
    OTHER
  }

  /** Name for {@code --engine} and for logs, such as {@code opencl:pocl/0}. */
  public String selector() {
    return "opencl:" + platformShort + "/" + deviceIndex;
  }

  /** Whether this package's kernels can run on it. */
  public boolean usable() {
    return available && compiler && int64 && littleEndian;
  }

  /** Whether its cores may come from a device image. */
  public boolean takesImages() {
    return available && littleEndian && type == Type.ACCELERATOR;
  }

  /** Why it is not {@link #usable}, or the empty text. */
  public String obstacle() {
    if (!available) {
      return "it is not available now";
    }
    if (!compiler) {
      return takesImages()
          ? "it builds no kernels from source, it takes device images (compute.image)"
          : "it builds no kernels from source";
    }
    if (!int64) {
      return "it has no 64-bit integers";
    }
    return littleEndian ? "" : "its words are big endian";
  }

  /** Whether a fragment of a name, in any case, matches its platform. */
  boolean platformMatches(String fragment) {
    return contains(platformShort, fragment)
        || contains(platformName, fragment)
        || contains(platformVendor, fragment)
        || contains(platformVersion, fragment);
  }

  /** Whether a fragment of a name or a type, in any case, matches the device. */
  boolean deviceMatches(String fragment) {
    return contains(name, fragment) || type.name().equalsIgnoreCase(fragment);
  }

  private static boolean contains(String text, String fragment) {
    return text.toLowerCase(Locale.ROOT).contains(fragment.toLowerCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return selector() + " (" + name + ", " + platformName + ")";
  }
}
