package io.cipherstream.gateway.door;

/** The program's version. */
public final class ProgramVersion {

  private ProgramVersion() {}

  /** As the package says it; "development" where none does. */
  public static String of() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
