package io.cipherstream.transformer;

import io.cipherstream.model.Pooling;
import java.util.ArrayList;
import java.util.List;

/** The client's work on activations: packing, normalisation, the FFN's activation and pooling. */
final class ClientSlots {

  private final ModelContext context;
  private final int tokenCount;

  ClientSlots(ModelContext context, int tokenCount) {
    this.context = context;
    this.tokenCount = tokenCount;
  }

  /** Rows of real tokens as slot vectors; padding tokens and unused positions are 0. */
  List<double[]> pack(double[][] rows, FeatureLayout layout) {
    TokenLayout tokens = context.packing().tokens();
    List<double[]> blocks = new ArrayList<>();
    for (int block = 0; block < layout.blocks(); block++) {
      blocks.add(new double[tokens.slots()]);
    }
    for (int t = 0; t < rows.length; t++) {
      for (int f = 0; f < layout.count(); f++) {
        blocks.get(layout.block(f))[tokens.slot(t, layout.position(f))] = rows[t][f];
      }
    }
    return blocks;
  }

  /** The real tokens' rows of slot vectors. */
  double[][] unpack(List<double[]> blocks, FeatureLayout layout) {
    TokenLayout tokens = context.packing().tokens();
    double[][] rows = new double[tokenCount][layout.count()];
    for (int t = 0; t < tokenCount; t++) {
      for (int f = 0; f < layout.count(); f++) {
        rows[t][f] = blocks.get(layout.block(f))[tokens.slot(t, layout.position(f))];
      }
    }
    return rows;
  }

  private double[][] restored(List<double[]> down) {
    return unpack(down, context.packing().hidden());
  }

  List<double[]> restore(List<double[]> down) {
    return pack(restored(down), context.packing().hidden());
  }

  List<double[]> activate(List<double[]> down) {
    double[][] rows = unpack(down, context.packing().ffn());
    for (double[] row : rows) {
      for (int f = 0; f < row.length; f++) {
        row[f] = context.shape().activation().apply(row[f]);
      }
    }
    return pack(rows, context.packing().ffn());
  }

  /** Restores, keeps the rows that pooling uses and weights them to sum to one. */
  List<double[]> pool(List<double[]> down) {
    double[][] rows = restored(down);
    boolean mean = context.shape().pooling() == Pooling.MEAN;
    for (int t = 0; t < rows.length; t++) {
      double weight = mean ? 1.0 / rows.length : t == 0 ? 1 : 0;
      for (int f = 0; f < rows[t].length; f++) {
        rows[t][f] *= weight;
      }
    }
    return pack(rows, context.packing().hidden());
  }

  /**
   * The pooler's function of the first token's row, which has the pooled values; all other rows are
   * 0.
   */
  List<double[]> pooler(List<double[]> down) {
    double[][] rows = unpack(down, context.packing().hidden());
    double[][] first = {
      java.util.Arrays.stream(rows[0]).map(context.shape().pooler()::apply).toArray()
    };
    return pack(first, context.packing().hidden());
  }
}
