package io.cipherstream.cli.intervals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.client.IntervalTracks;
import io.cipherstream.client.TrackRecord;
import io.cipherstream.intervals.PairAnswer;
import io.cipherstream.intervals.Region;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code intervals query}. */
@Command(
    name = "query",
    description = "Ask the appliance about encrypted tracks with an encrypted query.",
    footer = {
      "%nExamples:",
      "  cipherstream intervals query coverage --track peaks --region chr1:0-250000 --json",
      "  cipherstream intervals query window --track peaks --with genes --window 5000 --json",
      "%nWith --json one object, whose member of the query's name has its value: base pairs, for",
      "jaccard a ratio (null if neither track touches the region)."
    })
final class IntervalsQueryCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "QUERY",
      description = "coverage of one track; intersect, window or jaccard of two.")
  private QueryKind kind = QueryKind.COVERAGE;

  @Option(names = "--track", paramLabel = "NAME", required = true, description = "The track.")
  private String track = "";

  @Option(names = "--with", paramLabel = "NAME", description = "The track to compare it with.")
  private @Nullable String with;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description =
          "CHROMOSOME or CHROMOSOME:START-END of whole bins, from 0; default: the whole genome.")
  private @Nullable String region;

  @Option(
      names = "--window",
      paramLabel = "BP",
      description = "For window: how far away a bin of the other track may be, on either side.")
  private @Nullable Long window;

  @Mixin private TrackConnection connection;

  @Override
  public Integer call() {
    checkOptions();
    Optional<Region> asked = Optional.ofNullable(region).map(Region::parse);
    ObjectNode json = connection.with(tracks -> ask(tracks, asked));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      Json.print(out, json);
    } else {
      out.println(json.path(kind.word()).asText());
      out.flush();
    }
    return ExitCodes.OK;
  }

  private void checkOptions() {
    boolean pair = kind != QueryKind.COVERAGE;
    if (pair != (with != null)) {
      throw usage(
          pair ? " compares two tracks: give --with" : " is of one track: leave --with out");
    }
    if ((kind == QueryKind.WINDOW) != (window != null)) {
      throw usage(
          kind == QueryKind.WINDOW
              ? " needs --window, in base pairs"
              : " has no window: leave --window out");
    }
  }

  private CliException usage(String what) {
    return new CliException(ExitCodes.USAGE, "query " + kind.word() + what);
  }

  private ObjectNode ask(IntervalTracks tracks, Optional<Region> asked) {
    TrackRecord first = tracks.find(track);
    ObjectNode json = Json.object();
    if (with == null) {
      IntervalTracks.Coverage coverage = tracks.coverage(first, asked);
      json.put(kind.word(), coverage.basePairs());
      describe(json, first);
      TrackJson.addReport(json, coverage.report());
      return json;
    }
    if (window != null) {
      PairAnswer.checkWindow(window, first.grid().binSize());
    }
    IntervalTracks.Comparison comparison = tracks.compare(first, tracks.find(with), asked);
    put(json, comparison.answer());
    describe(json, first);
    TrackJson.addReport(json, comparison.report());
    return json;
  }

  private void put(ObjectNode json, PairAnswer answer) {
    switch (kind) {
      case INTERSECT -> json.put(kind.word(), answer.intersection());
      case WINDOW -> json.put(kind.word(), answer.within(window == null ? 0 : window));
      case JACCARD -> {
        long union = answer.union();
        if (union == 0) {
          json.putNull(kind.word());
        } else {
          json.put(kind.word(), (double) answer.intersection() / union);
        }
        json.put("intersection", answer.intersection()).put("union", union);
      }
      case COVERAGE -> throw new IllegalStateException("coverage is of one track");
    }
  }

  private void describe(ObjectNode json, TrackRecord first) {
    json.put("track", track);
    if (with != null) {
      json.put("with", with);
    }
    json.put("region", region);
    if (window != null) {
      json.put("windowBases", window);
    }
    json.put("binSize", first.grid().binSize());
  }
}
