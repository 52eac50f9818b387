package io.cipherstream.cli.appliance;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Version;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.KeyPassphrase;
import io.cipherstream.trace.Traces;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What a client's user chooses whatever appliance is asked: under which passphrase its secret keys
 * are kept, and where its spans go.
 */
public final class ClientSetup {

  /** Variable with the passphrase, which is for clients and no business of an appliance. */
  static final String PASSPHRASE_VARIABLE = "CIPHERSTREAM_KEY_PASSPHRASE";

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      description =
          "Receiver of traces (OpenTelemetry, OTLP over HTTP), as in http://127.0.0.1:4318;"
              + " default: none.")
  private @Nullable URI otlpEndpoint;

  @Option(
      names = "--key-passphrase-file",
      paramLabel = "FILE",
      description =
          "File of this user alone with the passphrase under which secret keys are kept (or set"
              + " "
              + PASSPHRASE_VARIABLE
              + "); default: none.")
  private @Nullable Path passphraseFile;

  /**
   * The traces of a program, which the caller closes.
   *
   * @param program as in {@code cipherstream-client}
   * @throws CliException for an address that cannot be one of a receiver
   */
  public Traces traces(String program) {
    try {
      return Traces.to(otlpEndpoint, program, Version.text());
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCodes.USAGE, "--otlp-endpoint: " + e.getMessage(), e);
    }
  }

  /**
   * Lets a client have what was chosen.
   *
   * @throws CliException for a passphrase that cannot be one
   */
  public void apply(ClientOptions.Builder options, Traces traces) {
    options.telemetry(traces.telemetry());
    String variable = System.getenv(PASSPHRASE_VARIABLE);
    try {
      if (passphraseFile != null) {
        options.keyPassphrase(KeyPassphrase.file(passphraseFile));
      } else if (variable != null && !variable.isEmpty()) {
        options.keyPassphrase(KeyPassphrase.of(variable));
      }
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** The same without traces. */
  public void apply(ClientOptions.Builder options) {
    apply(options, Traces.off());
  }
}
