package io.cipherstream.cli.appliance;

import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The appliance a command talks to; closing it stops one that was started for the command. */
public final class ChosenAppliance implements AutoCloseable {

  private final ClientOptions options;
  private final @Nullable OwnAppliance own;

  ChosenAppliance(ClientOptions options, @Nullable OwnAppliance own) {
    this.options = options;
    this.own = own;
  }

  public ClientOptions options() {
    return options;
  }

  public CipherstreamClient connect() {
    return CipherstreamClient.connect(options);
  }

  public Optional<Long> peakMemoryBytes() {
    return own == null ? Optional.empty() : own.peakMemoryBytes();
  }

  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
