package io.cipherstream.cli;

import io.cipherstream.cli.model.PackagePlans;
import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.Calibrator;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.Head;
import io.cipherstream.model.HingeNetwork;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.LayerWeights;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelSource;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Small packages with random weights, one for each kind of task. */
final class TaskModels {

  static final List<String> TAGS = List.of("O", "B-LOC", "I-LOC");

  private static final int WIDTH = 32;

  private final Random random = new Random(1);
  private final Path folder;

  /**
   * @param folder the repository's folder
   */
  TaskModels(Path folder) {
    this.folder = folder;
  }

  /** A regression of pairs, THE-X. */
  ModelPackage value() {
    return write(
        "value",
        Pooling.CLS,
        Head.VALUE,
        List.of(),
        true,
        2,
        new ModelTask("likeness", ModelTask.Input.PAIR, 0.0, 5.0));
  }

  /** A label a word, exact softmax and norms. */
  ModelPackage words() {
    return write(
        "words",
        Pooling.NONE,
        Head.CLASSES,
        TAGS,
        false,
        1,
        ModelTask.of("places", ModelTask.Input.WORDS));
  }

  /** Classes of texts and, where the table has two segments, of pairs; mean pooling. */
  ModelPackage classes(int segments) {
    return classes("classes", segments);
  }

  /** The same under another name. */
  ModelPackage classes(String name, int segments) {
    return write(
        name, Pooling.MEAN, Head.CLASSES, List.of("no", "yes", "so"), true, segments, null);
  }

  /** Embeddings of texts. */
  ModelPackage embedding() {
    return write("embedding", Pooling.MEAN, Head.EMBEDDING, List.of(), false, 2, null);
  }

  private ModelPackage write(
      String name,
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
    ImportedModel model =
        new ImportedModel(
            new EncoderWeights(
                shape,
                List.of(layer),
                head == Head.EMBEDDING ? null : dense(shape.outputs(), WIDTH)),
            embeddings,
            new BertTokenizer(new WordPieces(words), TokenizerOptions.UNCASED, 20),
            new ModelSource("safetensors", "none", "0", null),
            "Apache-2.0",
            task);
    ModelPackage written =
        ModelPackage.write(
            name, model, Calibrator.calibrate(model, (s, d, t) -> {}), folder.resolve(name));
    PackagePlans.write(written);
    return written;
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
