package io.cipherstream.transformer;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Encoders of four levels with random weights, whose values stay near 1. */
final class RandomMerged {

  private RandomMerged() {}

  /** Sizes of a sealed model; of one output it has two classes. */
  static ModelShape shape(int width, int heads, int neurons, int positions, int outputs) {
    return new ModelShape(
        2,
        width,
        heads,
        neurons,
        positions,
        100,
        Activation.QUADRATIC,
        AttentionKind.POWER,
        NormKind.AFFINE,
        Pooling.CLS,
        Head.CLASSES,
        IntStream.range(0, Math.max(2, outputs)).mapToObj(i -> "class" + i).toList(),
        0,
        Pooler.NONE,
        1e-12);
  }

  /** Sizes of a sealed model of word labels. */
  static ModelShape words(int width, int neurons, int positions, int labels) {
    return new ModelShape(
        1,
        width,
        1,
        neurons,
        positions,
        100,
        Activation.QUADRATIC,
        AttentionKind.POWER,
        NormKind.AFFINE,
        Pooling.NONE,
        Head.CLASSES,
        IntStream.range(0, labels).mapToObj(i -> "label" + i).toList(),
        0,
        Pooler.NONE,
        1e-12);
  }

  static MergedEncoder of(SealedShape shape, int width, Random random) {
    int values = shape.values();
    return new MergedEncoder(
        shape.outputs(),
        shape.heads(),
        window(shape.neurons(), width, random),
        window(shape.heads(), width, random),
        window(values, width, random),
        matrix(values, shape.neurons(), 1 / Math.sqrt(shape.neurons()), random),
        matrix(1, shape.outputs(), 1, random)[0]);
  }

  private static MergedEncoder.Window window(int rows, int width, Random random) {
    double spread = 1 / Math.sqrt((WindowMixing.OFFSETS + 1) * width);
    List<double[][]> offsets = new ArrayList<>();
    for (int o = 0; o < WindowMixing.OFFSETS; o++) {
      offsets.add(matrix(rows, width, spread, random));
    }
    return new MergedEncoder.Window(
        offsets, matrix(rows, width, spread, random), matrix(1, rows, 0.3, random)[0]);
  }

  /** Rows of normal values. */
  static double[][] matrix(int rows, int columns, double spread, Random random) {
    return IntStream.range(0, rows)
        .mapToObj(r -> random.doubles(columns).map(v -> spread * random.nextGaussian()).toArray())
        .toArray(double[][]::new);
  }
}
