package io.cipherstream.workflow.train;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.hinge.HingeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Encoders of random sizes, kinds and weights, with examples for them. */
final class RandomEncoders {

  private static final double EPSILON = 1e-6;
  private static final int POSITIONS = 20;

  /** Those that are trained. */
  private static final List<AttentionKind> ATTENTIONS =
      List.of(AttentionKind.SOFTMAX, AttentionKind.THEX, AttentionKind.POWER);

  private RandomEncoders() {}

  static Architecture architecture(Random random, Pooling pooling, int vocabulary) {
    int heads = 1 + random.nextInt(3);
    int width = heads * (2 + random.nextInt(5));
    return new Architecture(
        1 + random.nextInt(3),
        width,
        heads,
        1 + random.nextInt(3 * width),
        POSITIONS,
        vocabulary,
        2,
        pooling,
        pooling == Pooling.NONE ? 3 : 1 + random.nextInt(4),
        EPSILON);
  }

  static Parameters parameters(Architecture architecture, Kinds kinds, long seed) {
    Parameters parameters = Parameters.random(architecture, seed);
    if (kinds.theX()) {
      parameters.setNormalizer(HingeFit.fit(HingeRange.DEFAULT).network());
    }
    if (kinds.power()) {
      for (int i = 0; i < parameters.architecture().layers(); i++) {
        ModelWeights.power(parameters, i, 0.3, 0.8);
      }
    }
    return parameters;
  }

  static ModelShape shape(Architecture a, Kinds kinds, int vocabulary) {
    List<String> labels = new ArrayList<>();
    for (int k = 0; k < a.outputs(); k++) {
      labels.add("label " + k);
    }
    boolean value = a.outputs() == 1;
    return new ModelShape(
        a.layers(),
        a.width(),
        a.heads(),
        a.ffnWidth(),
        a.positions(),
        vocabulary,
        kinds.activation(),
        kinds.attention(),
        kinds.norm(),
        a.pooling(),
        value ? Head.VALUE : Head.CLASSES,
        value ? List.of() : labels,
        kinds.theX() ? HingeRange.DEFAULT.hinges() : 0,
        Pooler.NONE,
        a.epsilon());
  }

  static Kinds kinds(Random random) {
    return Kinds.of(
        Activation.values()[random.nextInt(Activation.values().length)],
        ATTENTIONS.get(random.nextInt(ATTENTIONS.size())),
        NormKind.values()[random.nextInt(NormKind.values().length)]);
  }

  /** Examples of 1 to 20 tokens whose targets are classes below outputs. */
  static List<Example> examples(Random random, int count, Architecture a, int vocabulary) {
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = 1 + random.nextInt(POSITIONS);
      int[] ids = random.ints(length, 0, vocabulary).toArray();
      int[] segments = random.ints(length, 0, 2).toArray();
      double[] targets =
          a.pooling() == Pooling.NONE
              ? random.doubles(length).map(v -> Math.floor(v * a.outputs())).toArray()
              : new double[] {a.outputs() == 1 ? random.nextGaussian() : i % a.outputs()};
      out.add(new Example(ids, segments, targets));
    }
    return out;
  }

  static Architecture withVocabulary(Architecture a, int vocabulary) {
    return new Architecture(
        a.layers(),
        a.width(),
        a.heads(),
        a.ffnWidth(),
        a.positions(),
        vocabulary,
        a.segments(),
        a.pooling(),
        a.outputs(),
        a.epsilon());
  }

  static FloatTable zeros(int rows, int columns) {
    return FloatTable.of(rows, columns, new float[rows * columns]);
  }
}
