package io.cipherstream.workflow.train;

import io.cipherstream.model.FloatTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A teacher's features of every word piece, in three blocks: its row of the word table, and its
 * hidden state in the text of only this piece after half of the layers and after all. Every block
 * is shifted to mean 0 and scaled to rows of mean squared length 1. A student's word vectors are a
 * projection of these rows, so that pieces without examples move together with those that have
 * some.
 */
public final class WordFeatures {

  private static final int BLOCKS = 3;
  private static final int BATCH = 256;

  private WordFeatures() {}

  /**
   * Rows of all word pieces, [vocabulary][3 · width], rounded to binary16.
   *
   * @param teacher with a row for every piece
   * @param all every piece
   * @param first the piece that begins a text, [CLS]
   * @param last the piece that ends it, [SEP]
   * @param progress receives the share that is done
   */
  public static FloatTable of(
      Parameters teacher,
      VocabularyMap all,
      int first,
      int last,
      Precision precision,
      DoubleConsumer progress) {
    int width = teacher.architecture().width();
    int rows = all.size();
    float[] values = new float[Math.multiplyExact(rows, BLOCKS * width)];
    put(values, 0, 0, Torch.array(teacher.get(Parameters.WORDS)), width);
    Forward forward = new Forward(teacher, Kinds.EXACT);
    int layers = teacher.architecture().layers();
    for (int from = 0; from < rows; from += BATCH) {
      List<Example> texts = new ArrayList<>();
      for (int id = from; id < Math.min(rows, from + BATCH); id++) {
        texts.add(Example.of(new int[] {first, id, last}, 0));
      }
      int[] indices = new int[texts.size()];
      java.util.Arrays.setAll(indices, i -> i);
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Batch batch = Batch.of(texts, indices, all);
        Trace trace = Trace.hidden();
        Torch.in(precision, () -> forward.run(batch, trace));
        put(values, from, 1, word(trace.hiddenStates().get((layers - 1) / 2)), width);
        put(values, from, 2, word(trace.hiddenStates().get(layers - 1)), width);
      }
      progress.accept((double) Math.min(rows, from + BATCH) / rows);
    }
    for (int block = 0; block < BLOCKS; block++) {
      normalise(values, rows, block, width);
    }
    return FloatTable.rounded(rows, BLOCKS * width, values);
  }

  private static float[] word(Tensor hidden) {
    return Torch.array(hidden.select(1, 1));
  }

  private static void put(float[] values, int row, int block, float[] part, int width) {
    for (int r = 0; r < part.length / width; r++) {
      System.arraycopy(part, r * width, values, ((row + r) * BLOCKS + block) * width, width);
    }
  }

  private static void normalise(float[] values, int rows, int block, int width) {
    double squares = 0;
    for (int j = 0; j < width; j++) {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += values[(r * BLOCKS + block) * width + j];
      }
      float mean = (float) (sum / rows);
      for (int r = 0; r < rows; r++) {
        int at = (r * BLOCKS + block) * width + j;
        values[at] -= mean;
        squares += (double) values[at] * values[at];
      }
    }
    float scale = squares == 0 ? 1 : (float) Math.sqrt(rows / squares);
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < width; j++) {
        values[(r * BLOCKS + block) * width + j] *= scale;
      }
    }
  }
}
