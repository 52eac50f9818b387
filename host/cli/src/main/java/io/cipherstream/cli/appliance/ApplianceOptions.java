package io.cipherstream.cli.appliance;

import io.cipherstream.client.ProgressListener;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.model.Truncation;
import io.cipherstream.trace.Traces;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;

/** Options of a command that asks one appliance: which one, and what its client keeps and tells. */
public final class ApplianceOptions {

  @Mixin private ConnectionOptions connection;
  @Mixin private ClientSetup setup;

  /** Whether no appliance was named, so that one is started for the call. */
  public boolean startsOne() {
    return connection.startsOne();
  }

  /** As {@link ConnectionOptions#open}. */
  public ChosenAppliance open(
      String model,
      Optional<String> mode,
      Optional<EngineSpec> engine,
      Truncation truncation,
      ProgressListener progress) {
    Traces traces = setup.traces("cipherstream-client");
    return closing(
        traces,
        () ->
            connection.open(
                model, mode, engine, truncation, progress, client -> setup.apply(client, traces)));
  }

  /** As {@link ConnectionOptions#openServing}. */
  public ChosenAppliance openServing(
      String model, Optional<EngineSpec> engine, Truncation truncation, ProgressListener progress) {
    Traces traces = setup.traces("cipherstream-client");
    return closing(
        traces,
        () ->
            connection.openServing(
                model, engine, truncation, progress, client -> setup.apply(client, traces)));
  }

  private static ChosenAppliance closing(Traces traces, Supplier<ChosenAppliance> opening) {
    try {
      return opening.get().with(traces);
    } catch (RuntimeException e) {
      traces.close();
      throw e;
    }
  }
}
