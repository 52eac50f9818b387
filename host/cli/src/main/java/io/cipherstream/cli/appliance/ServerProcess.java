package io.cipherstream.cli.appliance;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.engine.DeviceImages;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Starts the appliance as a separate process, on its own class path. */
public final class ServerProcess {

  static final String MAIN_CLASS = "io.cipherstream.server.ServerMain";

  /** Where JavaCPP unpacks native libraries; the appliance uses those of the same build. */
  private static final String NATIVE_CACHE = "org.bytedeco.javacpp.cachedir";

  private ServerProcess() {}

  /**
   * A builder for {@code java … ServerMain arguments}; the class path is passed in the environment,
   * the passphrase of the client's keys is not.
   */
  public static ProcessBuilder builder(List<String> arguments) {
    String root = property("cipherstream.root");
    Path classPath = Path.of(property("cipherstream.server.classpath"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of(root, "deploy", "setup", "server.jvm"));
    command.add("-Dcipherstream.root=" + root);
    String natives = System.getProperty(NATIVE_CACHE);
    if (natives != null) {
      command.add("-D" + NATIVE_CACHE + "=" + natives);
    }
    String images = System.getProperty(DeviceImages.PROPERTY);
    if (images != null) {
      command.add("-D" + DeviceImages.PROPERTY + "=" + images);
    }
    command.add(MAIN_CLASS);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove(ClientSetup.PASSPHRASE_VARIABLE);
    // As the launcher does for 'serve': freed memory returns to the system.
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    builder.environment().putIfAbsent("MALLOC_TRIM_THRESHOLD_", "134217728");
    try {
      builder.environment().put("CLASSPATH", absolute(classPath));
    } catch (IOException e) {
      throw new CliException(
          ExitCodes.FAILURE,
          classPath
              + " could not be read: the appliance has not been built; run ./cipherstream setup",
          e);
    }
    return builder;
  }

  /** The class path that a file holds; relative entries lie beside the file. */
  private static String absolute(Path file) throws IOException {
    return Arrays.stream(Files.readString(file).strip().split(File.pathSeparator, -1))
        .map(entry -> file.toAbsolutePath().resolveSibling(entry).toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new CliException(
          ExitCodes.FAILURE,
          "the Java property " + name + " is not set; start the program through ./cipherstream");
    }
    return value;
  }
}
