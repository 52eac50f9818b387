package io.cipherstream.model.sealed;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Proves ranges of a CQ or CT for every text by interval arithmetic on its {@link WindowMerge}:
 * what is linear in the embedded text by {@link EmbeddingRanges}, offset by offset, the rest by
 * {@link Interval}. A neighbour that is not there counts as 0; the mean lies in the hull of the
 * rows. For other specs such intervals are infinite or useless; they have {@link Sentinel}s.
 */
public final class Certifier {

  private Certifier() {}

  /** Whether a finite certificate is to be had. */
  public static boolean covers(SealedSpec spec) {
    return WindowMerge.covers(spec);
  }

  /**
   * The certificate; takes some ten seconds for 30 000 word pieces, 64 positions and 128 features.
   *
   * @throws ModelException of kind UNSUPPORTED for another spec than CQ and CT, VALUE if nothing
   *     finite can be proved
   */
  public static Certificate certify(SealedEncoder encoder, EmbeddingTable embeddings) {
    WindowMerge merge = WindowMerge.of(encoder);
    int neurons = encoder.shape().ffnWidth();
    int heads = encoder.spec().words() ? 0 : encoder.shape().heads();
    Interval[] linear = linear(merge, new EmbeddingRanges(embeddings));
    Interval[] hidden = Arrays.copyOfRange(linear, 0, neurons);
    Interval[] weights =
        Arrays.stream(linear, neurons, neurons + heads)
            .map(Interval::square)
            .toArray(Interval[]::new);
    Interval[] values = Arrays.copyOfRange(linear, neurons + heads, linear.length);
    for (int r = 0; r < values.length; r++) {
      for (int n = 0; n < neurons; n++) {
        values[r] = values[r].plus(hidden[n].square().times(merge.squares().interval(r, n)));
      }
    }
    double output = 0;
    for (int j = 0; j < merge.constants().columns(); j++) {
      Interval sum = merge.constants().interval(0, j);
      for (int h = 0; h <= heads; h++) {
        Interval value = values[j * (heads + 1) + h];
        // a mean over tokens lies in the hull of its terms
        sum = sum.plus(h == heads ? value : value.times(weights[h]));
      }
      output = Math.max(output, sum.largest());
    }
    return new Certificate(
        embeddings.vocabulary(),
        embeddings.positions() * embeddings.segments(),
        largest(hidden),
        heads == 0 ? 1 : largest(weights),
        largest(values),
        output);
  }

  private static double largest(Interval[] intervals) {
    return Arrays.stream(intervals).mapToDouble(Interval::largest).max().orElseThrow();
  }

  /** Hidden, scores and values, one after another, for every text. */
  private static Interval[] linear(WindowMerge merge, EmbeddingRanges ranges) {
    List<WindowRows> groups = List.of(merge.hidden(), merge.scores(), merge.values());
    List<Balls> maps = new ArrayList<>();
    for (int o = 0; o <= WindowMixing.OFFSETS; o++) {
      int offset = o;
      maps.add(
          Balls.stacked(
              groups.stream()
                  .map(g -> offset == WindowMixing.OFFSETS ? g.mean() : g.offsets().get(offset))
                  .toArray(Balls[]::new)));
    }
    Interval[] parts = ranges.of(Balls.stacked(maps.toArray(Balls[]::new)));
    int rows = maps.get(0).rows();
    Interval[] out = new Interval[rows];
    int row = 0;
    for (WindowRows group : groups) {
      for (int r = 0; r < group.constant().columns(); r++) {
        Interval sum = group.constant().interval(0, r);
        for (int o = 0; o <= WindowMixing.OFFSETS; o++) {
          Interval part = parts[o * rows + row];
          boolean there = o == WindowMixing.REACH || o == WindowMixing.OFFSETS;
          sum = sum.plus(there ? part : part.withZero());
        }
        out[row++] = sum;
      }
    }
    return out;
  }
}
