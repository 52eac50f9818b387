package io.cipherstream.workflow.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.workflow.data.EncodedText;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.metric.ClassMetrics;
import io.cipherstream.workflow.metric.Correlation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Made-up bags whose word pieces decide: the control must find that out. */
class ControlModelTest {

  private static final int VOCABULARY = 60;
  private static final Target.Classes TWO = Target.Classes.of("no", "yes");

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  ControlModelTest() {
    System.out.println("control seed " + seed);
  }

  private EncodedText text() {
    int[] ids = random.ints(12, 0, VOCABULARY).toArray();
    int[] segments = new int[12];
    for (int i = 6; i < 12; i++) {
      segments[i] = 1;
    }
    return new EncodedText(ids, segments, 0);
  }

  private List<EncodedText> texts(int count) {
    List<EncodedText> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(text());
    }
    return out;
  }

  /** Pieces 0 to 19 of the first text speak for, 20 to 39 against; the second text says nothing. */
  private static double balance(EncodedText text) {
    double sum = 0;
    for (int id : Arrays.stream(text.ids(), 0, 6).distinct().toArray()) {
      sum += id < 20 ? 1 : id < 40 ? -1 : 0;
    }
    return sum;
  }

  private static double[] labels(List<EncodedText> texts, int classes) {
    return texts.stream()
        .mapToDouble(t -> Math.max(0, Math.min(classes - 1, balance(t) + classes / 2)))
        .toArray();
  }

  private static int[] ints(double[] values) {
    return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
  }

  @Test
  void twoClassesFromTheFirstTextsPieces() {
    List<EncodedText> training = texts(3000);
    List<EncodedText> dev = texts(500);
    ControlModel model = ControlModel.train(training, sign(training), TWO, VOCABULARY);
    double accuracy = new ClassMetrics(2, ints(sign(dev)), model.classes(dev)).accuracy();
    assertThat(accuracy).as("seed %d", seed).isGreaterThan(0.9);
    ControlModel again = ControlModel.train(training, sign(training), TWO, VOCABULARY);
    assertThat(again.classes(dev)).as("nothing is random").isEqualTo(model.classes(dev));
  }

  private static double[] sign(List<EncodedText> texts) {
    return texts.stream().mapToDouble(t -> balance(t) > 0 ? 1 : 0).toArray();
  }

  @Test
  void threeClassesOneAgainstTheRest() {
    List<EncodedText> training = texts(3000);
    List<EncodedText> dev = texts(500);
    Target.Classes three = Target.Classes.of("low", "middle", "high");
    ControlModel model = ControlModel.train(training, labels(training, 3), three, VOCABULARY);
    ClassMetrics metrics = new ClassMetrics(3, ints(labels(dev, 3)), model.classes(dev));
    assertThat(metrics.accuracy()).as("seed %d", seed).isGreaterThan(0.65);
    assertThat(metrics.f1(0)).as("seed %d", seed).isGreaterThan(0.75);
    assertThat(metrics.f1(2)).as("seed %d", seed).isGreaterThan(0.75);
  }

  @Test
  void aWeightMovesTheBoundary() {
    List<EncodedText> training = texts(2000);
    List<EncodedText> dev = texts(500);
    Target.Classes heavy = new Target.Classes(TWO.labels(), List.of(1.0, 20.0));
    long plain = yes(ControlModel.train(training, sign(training), TWO, VOCABULARY), dev);
    long moved = yes(ControlModel.train(training, sign(training), heavy, VOCABULARY), dev);
    assertThat(moved).as("seed %d", seed).isGreaterThan(plain);
  }

  private static long yes(ControlModel model, List<EncodedText> texts) {
    return Arrays.stream(model.classes(texts)).filter(k -> k == 1).count();
  }

  @Test
  void valuesByRidgeRegression() {
    List<EncodedText> training = texts(2000);
    List<EncodedText> dev = texts(300);
    double[] targets = training.stream().mapToDouble(t -> 2 + balance(t) / 4).toArray();
    ControlModel model = ControlModel.train(training, targets, new Target.Value(0, 5), VOCABULARY);
    double[] truth = dev.stream().mapToDouble(t -> 2 + balance(t) / 4).toArray();
    double[] predicted = dev.stream().mapToDouble(model::predict).toArray();
    assertThat(Correlation.pearson(truth, predicted)).as("seed %d", seed).isGreaterThan(0.98);
    double bias = Arrays.stream(predicted).sum() - Arrays.stream(truth).sum();
    assertThat(bias / dev.size()).as("seed %d", seed).isCloseTo(0, within(0.05));
  }

  @Test
  void textsThatDoNotFit() {
    assertThatThrownBy(() -> ControlModel.train(texts(2), new double[1], TWO, VOCABULARY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 texts and 1 targets");
    EncodedText foreign = new EncodedText(new int[] {VOCABULARY}, new int[1], 0);
    assertThatThrownBy(() -> ControlModel.train(List.of(foreign), new double[1], TWO, VOCABULARY))
        .hasMessageContaining("word piece 60: expected 0 to 59");
  }
}
