package io.cipherstream.workflow.report;

import io.cipherstream.model.HingeNetwork;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.hinge.HingeRange;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.metric.Scores;
import io.cipherstream.workflow.report.Variant.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Reports with made-up figures of plausible size. */
public final class SampleReports {

  public static final String DEV = "0".repeat(63) + "d";
  private static final int EXAMPLES = 872;
  private static final List<String> LABELS = List.of("negative", "positive");

  private SampleReports() {}

  /** A conversion that came to its end, with three seeds of one variant. */
  public static ConversionReport full() {
    return of("minilm-sst2", 0.905, DEV, "sst-2");
  }

  public static ConversionReport of(String name, double converted, String dev, String task) {
    return ConversionReport.of(
        header(name, task, dev, true, Map.of("learning-rate", converted > 0.9 ? "6e-5" : "1e-4")),
        table(converted),
        List.of(
            stage("Exact fine-tune", 3, StageEnd.FINISHED, 0.7, 0.12),
            stage("ReLU and THE-X softmax", 4, StageEnd.EARLY_STOP, 900, 1.2),
            stage("Affine norms", 5, StageEnd.BUDGET, 40, 1.1),
            StageRecord.untrained(
                "Calibrate",
                "Runs 4 096 training texts and records the largest values, from which scales and"
                    + " bounds follow.",
                95,
                List.of()),
            StageRecord.untrained("Export", "Writes the model package.", 4, List.of())),
        List.of(ranges("Full THE-X"), ranges("Polynomial")),
        normalizer(),
        checks(),
        List.of("C of the control was fixed after a look at this very development set."));
  }

  public static ConversionHeader header(
      String name, String task, String dev, boolean finished, Map<String, String> more) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("model", "sentence-transformers/all-MiniLM-L6-v2");
    options.put("batch", "32");
    options.put("epochs", "1.5");
    options.putAll(more);
    return new ConversionHeader(
        name,
        task,
        "all-MiniLM-L6-v2, safetensors, SHA-256 53aa5117…",
        List.of(
            new DataFile(DataFile.Role.TRAINING, "data/train.tsv", 67349, "a".repeat(64)),
            new DataFile(DataFile.Role.DEV, "data/dev.tsv", EXAMPLES, dev)),
        List.of(1L, 2L, 3L),
        Map.of("processor", "Intel Xeon, 2 cores"),
        options,
        "2026-05-03T10:15:30Z",
        5400,
        finished);
  }

  public static AccuracyTable table(double converted) {
    int[] truth = new Random(1).ints(EXAMPLES, 0, 2).toArray();
    int[] exact = wrong(truth, truth, 0.107, 2);
    List<Variant> variants = new ArrayList<>();
    variants.add(variant(Role.MAJORITY, "majority", 0, 0, truth, new int[EXAMPLES]));
    variants.add(variant(Role.CONTROL, "control", 0, 7, truth, wrong(truth, truth, 0.188, 3)));
    variants.add(variant(Role.EXACT, "exact", 1, 1140, truth, exact));
    variants.add(
        variant(Role.CONVERTED, "ReLU + softmax", 1, 1150, truth, wrong(exact, truth, 0.03, 5)));
    for (int seed = 1; seed <= 3; seed++) {
      int[] own = wrong(exact, truth, 0.02 + (0.905 - converted), 10 + seed);
      variants.add(variant(Role.CONVERTED, "full THE-X", seed, 1320 + seed, truth, own));
    }
    variants.add(
        variant(Role.CONVERTED, "polynomial", 1, 1200, truth, wrong(exact, truth, 0.08, 8)));
    return new AccuracyTable(
        new ExampleCounts(63982, 3367, EXAMPLES, 3, 12, 1, false),
        Predictions.ofClasses(LABELS, truth),
        variants);
  }

  /** The first answers, a share of them turned. */
  static int[] wrong(int[] from, int[] truth, double share, long seed) {
    Random random = new Random(seed);
    int[] out = from.clone();
    for (int i = 0; i < truth.length; i++) {
      out[i] = random.nextDouble() < share ? 1 - from[i] : from[i];
    }
    return out;
  }

  static Variant variant(
      Role role, String name, long seed, double seconds, int[] truth, int[] predicted) {
    List<Score> scores = Scores.classes(2, truth, predicted, 1);
    return new Variant(role, name, seed, seconds, scores, Predictions.ofClasses(LABELS, predicted));
  }

  static StageRecord stage(String name, long seed, StageEnd end, double from, double to) {
    Random random = new Random(seed);
    List<CurvePoint> curve = new ArrayList<>();
    int steps = 1200;
    double best = 0;
    long bestStep = 0;
    for (int step = 1; step <= steps; step++) {
      double t = (double) step / steps;
      double loss = (to + (from - to) * Math.exp(-7 * t)) * Math.exp(0.25 * random.nextGaussian());
      double rate = 6e-5 * Math.min(t / 0.06, (1 - t) / 0.94);
      curve.add(CurvePoint.trained(step, step == 77 ? Double.NaN : loss, rate));
      if (step % 100 == 0) {
        double score = 0.9 - 0.15 * Math.exp(-4 * t) + 0.004 * random.nextGaussian();
        curve.add(CurvePoint.evaluated(step, score));
        bestStep = score > best ? step : bestStep;
        best = Math.max(best, score);
      }
    }
    return new StageRecord(
        name,
        "Trains the model with its activation replaced, the unchanged model being the teacher.",
        seed,
        end,
        end == StageEnd.EARLY_STOP ? "no better for 300 steps" : "",
        new StageWork(1140.5, steps, 32L * steps, 3000, 0),
        "accuracy",
        bestStep,
        best,
        curve,
        end == StageEnd.BUDGET
            ? List.of("1 step was skipped: its gradient was not finite.")
            : List.of());
  }

  static RangeTable ranges(String model) {
    double[] scores = {8.1, 12.4, 21.5, 36.2, 30.1, 14.8};
    List<RangeLine> lines = new ArrayList<>();
    lines.add(RangeLine.of("score", Arrays.stream(scores).boxed().toList(), 1.35));
    lines.add(scaled("row sum", scores, 550));
    lines.add(scaled("pre-activation", scores, 0.54));
    lines.add(scaled("pre-norm 1", scores, 1.9));
    lines.add(scaled("pre-norm 2", scores, 5.1));
    lines.add(RangeLine.of("output", List.of(11.4), 1.35));
    return new RangeTable(model, "4 096 training texts", 1.35, lines);
  }

  private static RangeLine scaled(String name, double[] scores, double factor) {
    return RangeLine.of(
        name,
        IntStream.range(0, scores.length)
            .mapToObj(i -> factor * scores[i] * (1 + 0.1 * i))
            .toList(),
        1.35);
  }

  static NormalizerFit normalizer() {
    HingeFit fit = HingeFit.fit(HingeRange.DEFAULT);
    HingeNetwork network = fit.network();
    return new NormalizerFit(
        Arrays.stream(network.knots()).boxed().toList(),
        Arrays.stream(network.coefficients()).boxed().toList(),
        network.bias(),
        fit.range().from(),
        fit.range().to(),
        fit.rms(),
        fit.max());
  }

  static List<AgreementCheck> checks() {
    return List.of(
        new AgreementCheck(
            "full THE-X",
            "forward pass",
            "PyTorch",
            8,
            4.1e-6,
            AgreementCheck.FORWARD_LIMIT,
            -1,
            Double.NaN,
            "largest after layer 5"),
        new AgreementCheck(
            "full THE-X",
            "logits, simulate",
            "logits, plaintext",
            64,
            2e-4,
            AgreementCheck.ENCRYPTED_LIMIT,
            0,
            0.35,
            ""),
        new AgreementCheck(
            "full THE-X",
            "logits, encrypted",
            "logits, plaintext",
            16,
            3.4e-3,
            AgreementCheck.ENCRYPTED_LIMIT,
            0,
            74,
            ""));
  }
}
