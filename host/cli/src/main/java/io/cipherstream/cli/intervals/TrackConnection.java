package io.cipherstream.cli.intervals;

import io.cipherstream.cli.appliance.ApplianceOptions;
import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.IntervalTracks;
import io.cipherstream.model.Truncation;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/** The appliance that holds the tracks. */
final class TrackConnection {

  @Mixin private EngineOptions engine;
  @Mixin private ApplianceOptions connection;

  <T> T with(Function<IntervalTracks, T> work) {
    try (Progress progress = Progress.onStandardError();
        ChosenAppliance appliance =
            connection.openServing(
                IntervalTracks.MODEL, engine.spec(), Truncation.REFUSE, progress);
        CipherstreamClient client = appliance.connect()) {
      return work.apply(client.intervals());
    }
  }
}
