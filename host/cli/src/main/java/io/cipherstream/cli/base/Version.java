package io.cipherstream.cli.base;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the archive's manifest. */
public final class Version implements IVersionProvider {

  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "cipherstream " + text(),
      "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")"
    };
  }
}
