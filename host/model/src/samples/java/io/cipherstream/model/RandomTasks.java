package io.cipherstream.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Small transformers with random weights, one for each kind of task; for several modules' tests.
 */
public final class RandomTasks {

  /** Labels of a model of words. */
  public static final List<String> TAGS = List.of("O", "B-LOC", "I-LOC");

  private static final int WIDTH = 32;

  private final Random random = new Random(1);

  /** A regression of pairs, THE-X. */
  public ImportedModel value() {
    return model(
        Pooling.CLS,
        Head.VALUE,
        List.of(),
        true,
        2,
        new ModelTask("likeness", ModelTask.Input.PAIR, 0.0, 5.0));
  }

  /** A label a word, exact softmax and norms. */
  public ImportedModel words() {
    return model(
        Pooling.NONE, Head.CLASSES, TAGS, false, 1, ModelTask.of("places", ModelTask.Input.WORDS));
  }

  /** Classes of texts and, where the table has two segments, of pairs; mean pooling. */
  public ImportedModel classes(int segments) {
    return model(Pooling.MEAN, Head.CLASSES, List.of("no", "yes", "so"), true, segments, null);
  }

  /** Any number of labels of a text. */
  public ImportedModel labels() {
    return model(Pooling.MEAN, Head.LABELS, List.of("loud", "long", "old"), true, 2, null);
  }

  /** Embeddings of texts. */
  public ImportedModel embedding() {
    return model(Pooling.MEAN, Head.EMBEDDING, List.of(), false, 2, null);
  }

  private ImportedModel model(
      Pooling pooling,
      Head head,
      List<String> labels,
      boolean thex,
      int segments,
      @Nullable ModelTask task) {
    List<String> words = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
    for (String word : "a man someone eats is eating new york ##s big in lives .".split(" ", -1)) {
      words.add(word);
    }
    ModelShape shape =
        new ModelShape(
            1,
            WIDTH,
            2,
            48,
            20,
            words.size(),
            thex ? Activation.RELU : Activation.GELU,
            thex ? AttentionKind.THEX : AttentionKind.SOFTMAX,
            thex ? NormKind.AFFINE : NormKind.FULL,
            pooling,
            head,
            labels,
            thex ? 2 : 0,
            Pooler.NONE,
            1e-12);
    LayerWeights layer =
        new LayerWeights(
            dense(WIDTH, WIDTH),
            dense(WIDTH, WIDTH),
            dense(WIDTH, WIDTH),
            dense(WIDTH, WIDTH),
            norm(),
            dense(48, WIDTH),
            dense(WIDTH, 48),
            norm(),
            thex ? new HingeNetwork(new double[] {8, 64}, new double[] {0.2, 0.05}, 0.01) : null,
            null);
    EmbeddingTable embeddings =
        new EmbeddingTable(
            table(words.size()), table(20), table(segments), norm(), shape.layerNormEpsilon());
    return new ImportedModel(
        new EncoderWeights(
            shape, List.of(layer), head == Head.EMBEDDING ? null : dense(shape.outputs(), WIDTH)),
        embeddings,
        new BertTokenizer(new WordPieces(words), TokenizerOptions.UNCASED, 20),
        new ModelSource("safetensors", "none", "0", null),
        "Apache-2.0",
        task);
  }

  private float[] draw(int count, double spread, double centre) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (centre + spread * (2 * random.nextDouble() - 1));
    }
    return values;
  }

  private DenseLayer dense(int outputs, int inputs) {
    return new DenseLayer(
        outputs, inputs, draw(outputs * inputs, 1.5 / Math.sqrt(inputs), 0), draw(outputs, 0.2, 0));
  }

  private NormLayer norm() {
    return new NormLayer(draw(WIDTH, 0.2, 0.6), draw(WIDTH, 0.1, 0));
  }

  private FloatTable table(int rows) {
    return FloatTable.rounded(rows, WIDTH, draw(rows * WIDTH, 1, 0));
  }
}
