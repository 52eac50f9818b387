package io.cipherstream.bench.run;

import io.cipherstream.bench.report.BenchSettings;
import java.nio.file.Path;
import java.util.List;

/**
 * What is to be measured.
 *
 * @param engines names of engines; empty for all that are present
 * @param out folder for {@code bench.json} and {@code report.html}
 * @param version of this program
 */
public record BenchOptions(
    List<String> engines, BenchSettings settings, Path out, HexlLibrary hexl, String version) {

  public BenchOptions {
    engines = List.copyOf(engines);
  }
}
