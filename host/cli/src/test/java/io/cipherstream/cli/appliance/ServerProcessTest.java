package io.cipherstream.cli.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an appliance gets from the environment of the command that starts it. */
class ServerProcessTest {

  @TempDir private Path folder;

  @Test
  void thePassphraseOfAClientsKeysIsNotPassedOn() throws Exception {
    Path classPath = Files.writeString(folder.resolve("server.classpath"), "server.jar");
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Dcipherstream.root=" + folder,
            "-Dcipherstream.server.classpath=" + classPath,
            Passed.class.getName());
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    command.environment().put("CIPHERSTREAM_HOME", folder.toString());
    command.environment().put("CIPHERSTREAM_KEY_PASSPHRASE", "violet ladder seventeen");
    Process process = command.redirectErrorStream(true).start();
    assertThat(process.inputReader().lines())
        .contains("CIPHERSTREAM_HOME", "CLASSPATH")
        .doesNotContain("CIPHERSTREAM_KEY_PASSPHRASE");
    assertThat(process.waitFor()).isZero();
  }

  /** Prints the names of the variables that an appliance of its own would get. */
  static final class Passed {

    private Passed() {}

    public static void main(String[] arguments) {
      ServerProcess.builder(List.of()).environment().keySet().forEach(System.out::println);
    }
  }
}
