package io.cipherstream.cli.intervals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.client.TrackRecord;
import io.cipherstream.client.bed.BedReader;
import io.cipherstream.intervals.BinGrid;
import io.cipherstream.intervals.Genome;
import io.cipherstream.intervals.GenomicInterval;
import io.cipherstream.intervals.Track;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code intervals load}. */
@Command(
    name = "load",
    description = "Encrypt a BED or bedGraph file here and store it at the appliance.",
    footer = {
      "%nExample:",
      "  cipherstream intervals load peaks.bed.gz --bins 1000 --name peaks --genome hg38.sizes"
    })
final class IntervalsLoadCommand implements Callable<Integer> {

  /** Longest genome file in bytes. */
  private static final long GENOME_BYTES_MAX = 16 << 20;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "FILE", description = "BED or bedGraph, plain or gzip.")
  private Path file = Path.of("");

  @Option(
      names = "--bins",
      paramLabel = "BP",
      required = true,
      description =
          "Size of a bin in base pairs. Coverage is exact to the base pair for"
              + " regions of whole bins; tracks are compared by the bins that they touch.")
  private int bins;

  @Option(names = "--name", required = true, description = "What to call the track here.")
  private String name = "";

  @Option(
      names = "--genome",
      paramLabel = "FILE",
      description =
          "Chromosomes and their lengths, a name, a tabulator and a number a line. Without it, those"
              + " of the file, each as long as its last interval. Tracks to be compared need the"
              + " same.")
  private @Nullable Path genome;

  @Option(names = "--replace", description = "Replace a track of that name.")
  private boolean replace;

  @Mixin private TrackConnection connection;

  @Override
  public Integer call() {
    List<GenomicInterval> intervals = read(() -> BedReader.read(file), file);
    Path sizes = genome;
    Genome chromosomes =
        sizes == null
            ? Genome.spanning(intervals)
            : read(
                () -> {
                  if (Files.size(sizes) > GENOME_BYTES_MAX) {
                    throw new IOException("longer than " + GENOME_BYTES_MAX + " bytes");
                  }
                  return Genome.parse(Files.readAllLines(sizes));
                },
                sizes);
    Track track = Track.of(new BinGrid(chromosomes, bins), intervals);
    TrackRecord loaded = connection.with(tracks -> tracks.load(name, track, replace));
    if (common.json()) {
      ObjectNode json = TrackJson.of(loaded);
      json.put("intervals", intervals.size());
      Json.print(spec.commandLine().getOut(), json);
    } else {
      spec.commandLine()
          .getOut()
          .printf(
              "%s: %d intervals in %d bins of %d bp, encrypted in 3 x %d ciphertexts%n",
              name, intervals.size(), loaded.grid().bins(), bins, loaded.grid().chunks());
    }
    return ExitCodes.OK;
  }

  private static <T> T read(Callable<T> reader, Path file) {
    try {
      return reader.call();
    } catch (NoSuchFileException e) {
      throw CliException.badInput("there is no file " + file);
    } catch (IOException e) {
      throw new CliException(ExitCodes.FAILURE, file + " could not be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
