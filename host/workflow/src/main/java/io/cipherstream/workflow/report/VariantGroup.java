package io.cipherstream.workflow.report;

import io.cipherstream.workflow.metric.PairedScores;
import io.cipherstream.workflow.metric.Score;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.jspecify.annotations.Nullable;

/**
 * Trainings of one variant that differ only in their seed.
 *
 * @param variants at least one, of one role and name
 */
public record VariantGroup(List<Variant> variants) {

  private static final long BOOTSTRAP_SEED = 1;

  public VariantGroup {
    variants = List.copyOf(variants);
    if (variants.isEmpty()) {
      throw new IllegalArgumentException("a group of no variants: expected at least one");
    }
  }

  /** What it is compared as. */
  public Variant.Role role() {
    return variants.get(0).role();
  }

  /** Its name. */
  public String name() {
    return variants.get(0).name();
  }

  /** Mean over the seeds of a score. */
  public double mean(int metric) {
    return values(metric).getMean();
  }

  /** Standard deviation over the seeds (n − 1); NaN for one seed. */
  public double deviation(int metric) {
    return variants.size() < 2 ? Double.NaN : values(metric).getStandardDeviation();
  }

  /**
   * Mean of the standard errors. They are of the same examples, so more seeds do not reduce them.
   */
  public double standardError(int metric) {
    return variants.stream()
        .mapToDouble(v -> v.scores().get(metric).standardError())
        .average()
        .orElse(Double.NaN);
  }

  /** Mean time of a training in seconds. */
  public double seconds() {
    return variants.stream().mapToDouble(Variant::seconds).average().orElse(0);
  }

  private DescriptiveStatistics values(int metric) {
    return new DescriptiveStatistics(
        variants.stream().mapToDouble(v -> v.scores().get(metric).value()).toArray());
  }

  /**
   * Mean of this group minus mean of another. Its error is √(e² + s²). Here e is the error of
   * drawing other examples, paired if the predictions are known, and s that of training with other
   * seeds, sd / √seeds, of the differences by seed if both groups have the same seeds. With one
   * seed s is unknown and taken as 0.
   *
   * @param truth the true answers of the examples; null if not stored, then only hits can be paired
   */
  public Difference minus(VariantGroup reference, @Nullable Predictions truth, int metric) {
    double value = mean(metric) - reference.mean(metric);
    double seeds = seedError(reference, metric);
    double paired = pairedError(reference, truth, metric);
    return Double.isNaN(paired)
        ? new Difference(
            value,
            Math.hypot(Math.hypot(standardError(metric), reference.standardError(metric)), seeds),
            false)
        : new Difference(value, Math.hypot(paired, seeds), true);
  }

  private double seedError(VariantGroup reference, int metric) {
    if (seeds().size() > 1 && seeds().equals(reference.seeds())) {
      DescriptiveStatistics differences = new DescriptiveStatistics();
      for (Variant variant : variants) {
        Variant partner =
            reference.variants.stream()
                .filter(v -> v.seed() == variant.seed())
                .findFirst()
                .orElseThrow();
        differences.addValue(
            variant.scores().get(metric).value() - partner.scores().get(metric).value());
      }
      return differences.getStandardDeviation() / Math.sqrt(variants.size());
    }
    return Math.hypot(ownSeedError(metric), reference.ownSeedError(metric));
  }

  private double ownSeedError(int metric) {
    return variants.size() < 2 ? 0 : deviation(metric) / Math.sqrt(variants.size());
  }

  private Set<Long> seeds() {
    return new HashSet<>(variants.stream().map(Variant::seed).toList());
  }

  /** NaN if it cannot be paired. */
  private double pairedError(VariantGroup reference, @Nullable Predictions truth, int metric) {
    List<Predictions> own = predictions();
    List<Predictions> other = reference.predictions();
    if (own.isEmpty() || other.isEmpty()) {
      return Double.NaN;
    }
    String name = variants.get(0).scores().get(metric).name();
    Predictions.Kind kind = own.get(0).kind();
    if (Stream.concat(own.stream(), other.stream()).anyMatch(p -> p.kind() != kind)) {
      return Double.NaN;
    }
    return scores(kind, own, other, truth).stream()
        .filter(s -> s.name().equals(name))
        .mapToDouble(Score::standardError)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Predictions of every training; empty if those of one are missing. */
  private List<Predictions> predictions() {
    List<Predictions> known =
        variants.stream().map(Variant::predictions).filter(Objects::nonNull).toList();
    return known.size() == variants.size() ? known : List.of();
  }

  private static List<Score> scores(
      Predictions.Kind kind,
      List<Predictions> own,
      List<Predictions> other,
      @Nullable Predictions truth) {
    if (kind == Predictions.Kind.HITS) {
      return List.of(PairedScores.mean("accuracy", meanHits(own), meanHits(other)));
    }
    if (truth == null) {
      return List.of();
    }
    return switch (kind) {
      case HITS -> throw new IllegalStateException("hits need no truth");
      case CLASSES ->
          PairedScores.classes(
              truth.labels().size(),
              truth.classes(),
              own.stream().map(Predictions::classes).toList(),
              other.stream().map(Predictions::classes).toList(),
              BOOTSTRAP_SEED);
      case VALUES ->
          PairedScores.values(
              truth.values(),
              own.stream().map(Predictions::values).toList(),
              other.stream().map(Predictions::values).toList(),
              BOOTSTRAP_SEED);
      case WORDS ->
          PairedScores.words(
              truth.words(),
              own.stream().map(Predictions::words).toList(),
              other.stream().map(Predictions::words).toList(),
              BOOTSTRAP_SEED);
    };
  }

  private static double[] meanHits(List<Predictions> predictions) {
    double[] out = new double[predictions.get(0).examples()];
    for (Predictions one : predictions) {
      double[] hits = one.hits();
      for (int i = 0; i < out.length; i++) {
        out[i] += hits[i] / predictions.size();
      }
    }
    return out;
  }
}
