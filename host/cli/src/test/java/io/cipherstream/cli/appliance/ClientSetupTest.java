package io.cipherstream.cli.appliance;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Passphrases and receivers that cannot be ones are refused before anything is asked. */
class ClientSetupTest {

  @TempDir private Path folder;

  @Test
  void aPassphraseIsTakenFromAFileOfItsOwnerAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("passphrase"), "violet ladder seventeen\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    ClientSetup setup = parsed("--key-passphrase-file", file.toString());
    assertThatThrownBy(() -> apply(setup))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("rw-r-----");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThatCode(() -> apply(setup)).doesNotThrowAnyException();
    Files.writeString(file, "short\n");
    assertThatThrownBy(() -> apply(setup))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("expected 12 to");
  }

  @Test
  void aReceiverHasAnAddressWithoutAPath() {
    assertThatThrownBy(
            () -> parsed("--otlp-endpoint", "http://localhost:4318/v1/traces").traces("test"))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("--otlp-endpoint")
        .hasMessageContaining("http(s)://host[:port]");
    parsed().traces("test").close();
  }

  private ClientSetup parsed(String... arguments) {
    return CommandLine.populateCommand(new ClientSetup(), arguments);
  }

  private void apply(ClientSetup setup) {
    setup.apply(ClientOptions.builder(URI.create("https://appliance:8443"), folder));
  }
}
