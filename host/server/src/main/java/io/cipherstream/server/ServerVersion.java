package io.cipherstream.server;

/** The appliance's version. */
final class ServerVersion {

  /** From the jar's manifest; {@code development} when run from classes. */
  static final String CURRENT = current();

  private ServerVersion() {}

  private static String current() {
    String version = ServerVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
