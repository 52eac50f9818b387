package io.cipherstream.workflow.run;

import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.train.Precision;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a conversion is run, whatever is converted.
 *
 * @param name of the model and of THE-X's package; for another stage's package the stage is
 *     appended
 * @param packages stages whose packages are written, in this order, and their folders
 * @param seeds one conversion each, all different
 * @param polynomial whether the polynomial stage is trained
 * @param margin bounds of a package, as a multiple of the largest values of calibration
 * @param precision of products in training
 * @param threads for training
 * @param checkpointSeconds between two checkpoints
 * @param redo first stage to train again, or null
 * @param checkExamples development examples to compute encrypted with each package; 0 for no check
 * @param budget largest loss from exact to THE-X, a share of the first score; null for any
 * @param force whether to export even if the budget is exceeded
 * @param texts options as a reader of the report knows them
 * @param host what a reader of the report should know about the machine
 */
public record RunOptions(
    String name,
    Map<StageName, Path> packages,
    List<Long> seeds,
    boolean polynomial,
    double margin,
    Precision precision,
    int threads,
    int checkpointSeconds,
    @Nullable StageName redo,
    int checkExamples,
    @Nullable Double budget,
    boolean force,
    Map<String, String> texts,
    Map<String, String> host) {

  public RunOptions {
    packages = Collections.unmodifiableMap(new LinkedHashMap<>(packages));
    seeds = List.copyOf(seeds);
    texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    host = Collections.unmodifiableMap(new LinkedHashMap<>(host));
  }

  /** The name of a stage's package. */
  String name(StageName stage) {
    return stage == StageName.THEX ? name : name + "-" + stage.text();
  }
}
