package io.cipherstream.workflow.convert;

import io.cipherstream.model.Logits;
import io.cipherstream.workflow.control.ControlModel;
import io.cipherstream.workflow.data.EncodedText;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.metric.Baseline;
import io.cipherstream.workflow.metric.Correlation;
import io.cipherstream.workflow.metric.EntityMetrics;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.metric.Scores;
import io.cipherstream.workflow.train.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A task's scores from a model's outputs, and those of the baselines. */
public final class TaskScores {

  private final Target target;
  private final long seed;

  public TaskScores(Target target, long seed) {
    this.target = target;
    this.seed = seed;
  }

  /** The answers: a class index or a value per example; for words one index per labelled token. */
  public double[][] answers(double[][] outputs, List<Example> examples) {
    double[][] out = new double[outputs.length][];
    for (int i = 0; i < outputs.length; i++) {
      out[i] = answer(outputs[i], examples.get(i));
    }
    return out;
  }

  private double[] answer(double[] output, Example example) {
    if (target instanceof Target.Value) {
      return new double[] {output[0]};
    }
    if (target instanceof Target.Classes) {
      return new double[] {Logits.best(output)};
    }
    int width = target.outputs();
    return IntStream.range(0, example.length())
        .filter(t -> example.targets()[t] != Example.IGNORED)
        .mapToDouble(t -> Logits.best(output, t * width, width))
        .toArray();
  }

  /** The correct answers in the same form. */
  public static double[][] truth(List<Example> examples) {
    return examples.stream()
        .map(e -> Arrays.stream(e.targets()).filter(v -> v != Example.IGNORED).toArray())
        .toArray(double[][]::new);
  }

  /** The score for choices, without its error: accuracy, Pearson's correlation, entity F1. */
  public double first(double[][] answers, List<Example> examples) {
    double[][] truth = truth(examples);
    if (target instanceof Target.WordLabels labels) {
      return new EntityMetrics(tags(truth, labels), tags(answers, labels)).all().f1();
    }
    if (target instanceof Target.Value) {
      double r = Correlation.pearson(flat(truth), flat(answers));
      return Double.isNaN(r) ? -1 : r;
    }
    int right = 0;
    for (int i = 0; i < truth.length; i++) {
      right += truth[i][0] == answers[i][0] ? 1 : 0;
    }
    return (double) right / truth.length;
  }

  /** All scores with their errors; the first is the one for choices. */
  public List<Score> all(double[][] answers, List<Example> examples) {
    double[][] truth = truth(examples);
    if (target instanceof Target.WordLabels labels) {
      return Scores.words(tags(truth, labels), tags(answers, labels), seed);
    }
    return target instanceof Target.Classes
        ? Scores.classes(target.outputs(), integers(truth), integers(answers), seed)
        : Scores.values(flat(truth), flat(answers), seed);
  }

  /** The baseline without reading: the most frequent class, or the mean. */
  public double[][] majority(List<Example> training, List<Example> examples) {
    double[] seen =
        training.stream()
            .flatMapToDouble(e -> Arrays.stream(e.targets()))
            .filter(v -> v != Example.IGNORED)
            .toArray();
    double answer =
        target instanceof Target.Labelled labelled
            ? Baseline.majority(labelled.outputs(), toIntegers(seen))
            : Baseline.mean(seen);
    return filled(examples, answer);
  }

  private static double[][] filled(List<Example> examples, double answer) {
    double[][] out = truth(examples);
    for (double[] row : out) {
      Arrays.fill(row, answer);
    }
    return out;
  }

  /** The control's answers; for words, from the pieces of each word alone. */
  public double[][] control(List<Example> training, List<Example> examples, int vocabulary) {
    List<EncodedText> texts = new ArrayList<>();
    List<Double> targets = new ArrayList<>();
    for (Example example : training) {
      units(example, texts, targets);
    }
    ControlModel model =
        ControlModel.train(
            texts, targets.stream().mapToDouble(v -> v).toArray(), target, vocabulary);
    double[][] out = new double[examples.size()][];
    for (int i = 0; i < out.length; i++) {
      List<EncodedText> parts = new ArrayList<>();
      units(examples.get(i), parts, new ArrayList<>());
      out[i] = parts.stream().mapToDouble(model::predict).toArray();
    }
    return out;
  }

  /** The texts of an example for the control: itself, or its words. */
  private static void units(Example example, List<EncodedText> texts, List<Double> targets) {
    if (example.targets().length == 1) {
      texts.add(new EncodedText(example.ids(), example.segments(), 0));
      targets.add(example.targets()[0]);
      return;
    }
    for (int t = 1; t < example.length() - 1; t++) {
      if (example.targets()[t] == Example.IGNORED) {
        continue;
      }
      int end = t + 1;
      while (end < example.length() - 1 && example.targets()[end] == Example.IGNORED) {
        end++;
      }
      int[] pieces = new int[end - t + 2];
      pieces[0] = example.ids()[0];
      System.arraycopy(example.ids(), t, pieces, 1, end - t);
      pieces[pieces.length - 1] = example.ids()[example.length() - 1];
      texts.add(new EncodedText(pieces, new int[pieces.length], 0));
      targets.add(example.targets()[t]);
    }
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).mapToDouble(r -> r[0]).toArray();
  }

  private static int[] integers(double[][] rows) {
    return toIntegers(flat(rows));
  }

  private static int[] toIntegers(double[] values) {
    return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
  }

  private static List<List<String>> tags(double[][] rows, Target.WordLabels labels) {
    return Arrays.stream(rows)
        .map(r -> Arrays.stream(r).mapToObj(v -> labels.labels().get((int) v)).toList())
        .toList();
  }
}
