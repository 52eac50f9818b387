package io.cipherstream.cli.intervals;

import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Table;
import io.cipherstream.client.IntervalTracks;
import io.cipherstream.client.TrackRecord;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code intervals list}. */
@Command(name = "list", description = "List the tracks that were loaded from here.")
final class IntervalsListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private TrackConnection connection;

  @Override
  public Integer call() {
    List<TrackRecord> tracks = connection.with(IntervalTracks::list);
    if (common.json()) {
      tracks.forEach(track -> Json.print(spec.commandLine().getOut(), TrackJson.of(track)));
      return ExitCodes.OK;
    }
    Table table = new Table("name", "chromosomes", "bins", "bp a bin", "ciphertexts");
    for (TrackRecord track : tracks) {
      table.row(
          track.name(),
          track.grid().genome().chromosomes().size(),
          track.grid().bins(),
          track.grid().binSize(),
          3 * track.grid().chunks());
    }
    table.print(spec.commandLine().getOut());
    return ExitCodes.OK;
  }
}
