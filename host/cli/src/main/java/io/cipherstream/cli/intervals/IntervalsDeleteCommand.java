package io.cipherstream.cli.intervals;

import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.client.TrackRecord;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code intervals delete}. */
@Command(name = "delete", description = "Delete a track at the appliance and here.")
final class IntervalsDeleteCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "NAME", description = "The track.")
  private String name = "";

  @Mixin private TrackConnection connection;

  @Override
  public Integer call() {
    TrackRecord deleted =
        connection.with(
            tracks -> {
              TrackRecord track = tracks.find(name);
              tracks.delete(name);
              return track;
            });
    if (common.json()) {
      Json.print(spec.commandLine().getOut(), TrackJson.of(deleted));
    }
    return ExitCodes.OK;
  }
}
