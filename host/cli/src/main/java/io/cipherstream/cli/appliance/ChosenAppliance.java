package io.cipherstream.cli.appliance;

import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.trace.Traces;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The appliance a command talks to; closing it stops one that was started for the command. */
public final class ChosenAppliance implements AutoCloseable {

  private final ClientOptions options;
  private final @Nullable OwnAppliance own;
  private final Traces traces;

  ChosenAppliance(ClientOptions options, @Nullable OwnAppliance own) {
    this(options, own, Traces.off());
  }

  private ChosenAppliance(ClientOptions options, @Nullable OwnAppliance own, Traces traces) {
    this.options = options;
    this.own = own;
    this.traces = traces;
  }

  /** The same, which closes the traces of its client too. */
  ChosenAppliance with(Traces ofClient) {
    return new ChosenAppliance(options, own, ofClient);
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
    traces.close();
    if (own != null) {
      own.close();
    }
  }
}
