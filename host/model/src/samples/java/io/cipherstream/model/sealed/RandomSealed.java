package io.cipherstream.model.sealed;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelSource;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Small polynomial encoders with random weights, for the tests of several modules. */
public final class RandomSealed {

  static final int WIDTH = 12;
  static final int HEADS = 3;
  static final int FFN = 20;
  static final int POSITIONS = 9;

  final Random random;
  final EmbeddingTable embeddings;
  final int vocabulary;

  /**
   * @param vocabulary word pieces, at least 5
   */
  public RandomSealed(int vocabulary, long seed) {
    this.random = new Random(seed);
    this.vocabulary = vocabulary;
    this.embeddings =
        new EmbeddingTable(
            FloatTable.of(vocabulary, WIDTH, floats(vocabulary * WIDTH, 1)),
            FloatTable.of(POSITIONS, WIDTH, floats(POSITIONS * WIDTH, 0.3)),
            FloatTable.of(2, WIDTH, floats(2 * WIDTH, 0.3)),
            RandomEncoder.norm(WIDTH, random),
            1e-12);
  }

  /**
   * Writes a package of an encoder that can be served, and gives the encoder. Its texts are of
   * {@code word4}, {@code word5}, ….
   *
   * @param classes how many; 0 for a value
   */
  public SealedEncoder write(String name, int classes, Path folder) {
    SealedEncoder encoder = encoder("CQ", classes);
    SealedPackage.write(name, model(encoder), manifest(encoder), 40, folder.resolve(name));
    return encoder;
  }

  /** As {@link #write}, of a CT. */
  public SealedEncoder writeWords(String name, int classes, Path folder) {
    SealedEncoder encoder = encoder("CT", classes);
    SealedPackage.write(name, model(encoder), manifest(encoder), 40, folder.resolve(name));
    return encoder;
  }

  /**
   * A package with a sentinel that tells two texts apart.
   *
   * @param calm a text in range
   * @param loud a text of one repeated piece that the sentinel refuses
   * @param refused the sentinel
   */
  public record Watched(SealedEncoder encoder, String calm, String loud, Sentinel refused) {}

  /**
   * As {@link #write}, of a deep spec and two classes. Among texts of one repeated piece it takes
   * the quantity that differs most from text to text; its bound lies between the least and the
   * most.
   */
  public Watched writeWatched(String name, String spec, Path folder) {
    SealedEncoder encoder = encoder(spec, 2);
    List<String> texts = new ArrayList<>();
    List<RangeSurvey> surveys = new ArrayList<>();
    for (int piece = 4; piece < vocabulary; piece++) {
      String text = String.join(" ", Collections.nCopies(POSITIONS - 2, "word" + piece));
      texts.add(text);
      surveys.add(
          RangeSurvey.of(encoder, embeddings, List.of(TokenSequence.of(tokenizer().encode(text)))));
    }
    List<Sentinel> sentinels = new ArrayList<>();
    @Nullable Watched found = null;
    double widest = 0;
    for (Sentinel s : Sentinel.of(surveys.get(0))) {
      ToDoubleFunction<RangeSurvey> value = t -> t.meanSquare(s.layer(), s.quantity());
      RangeSurvey least = Collections.min(surveys, Comparator.comparingDouble(value));
      RangeSurvey most = Collections.max(surveys, Comparator.comparingDouble(value));
      double from = value.applyAsDouble(least);
      double to = value.applyAsDouble(most);
      sentinels.add(new Sentinel(s.layer(), s.quantity(), 2 * to));
      if (to / from > widest) {
        widest = to / from;
        found =
            new Watched(
                encoder,
                texts.get(surveys.indexOf(least)),
                texts.get(surveys.indexOf(most)),
                new Sentinel(s.layer(), s.quantity(), Math.sqrt(from * to)));
      }
    }
    Sentinel refused = Objects.requireNonNull(found).refused();
    sentinels.replaceAll(
        s -> s.layer() == refused.layer() && s.quantity() == refused.quantity() ? refused : s);
    SealedManifest manifest =
        SealedManifest.of(encoder.spec(), manifest(encoder).ranges(), null, sentinels);
    SealedPackage.write(name, model(encoder), manifest, 40, folder.resolve(name));
    return found;
  }

  SealedModel model(SealedEncoder encoder) {
    return new SealedModel(
        encoder,
        embeddings,
        tokenizer(),
        new ModelSource(ModelSource.CONVERTED, "teacher.safetensors", "00", null),
        "Apache-2.0",
        null,
        List.of("made for a test"));
  }

  SealedManifest manifest(SealedEncoder encoder) {
    List<TokenSequence> texts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      texts.add(TokenSequence.of(text(1 + i % POSITIONS)));
    }
    RangeSurvey seen = RangeSurvey.of(encoder, embeddings, texts);
    List<QuantityRange> ranges = new ArrayList<>();
    for (int layer = 0; layer <= SealedEncoder.LAYERS; layer++) {
      for (Quantity quantity : Quantity.values()) {
        if (seen.has(layer, quantity)) {
          double most = seen.largest(layer, quantity);
          double rms = seen.rms(layer, quantity);
          ranges.add(new QuantityRange(layer, quantity, rms, most, most, most, most, null));
        }
      }
    }
    boolean proved = Certifier.covers(encoder.spec());
    return SealedManifest.of(
        encoder.spec(),
        ranges,
        proved ? Certifier.certify(encoder, embeddings) : null,
        proved ? List.of() : Sentinel.of(seen));
  }

  /** An encoder of so many classes; of none for a value. */
  SealedEncoder encoder(String spec, int classes) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      labels.add("class" + i);
    }
    ModelShape shape =
        new ModelShape(
            SealedSpec.parse(spec).layers(),
            WIDTH,
            HEADS,
            FFN,
            POSITIONS,
            vocabulary,
            Activation.QUADRATIC,
            AttentionKind.POWER,
            NormKind.AFFINE,
            SealedSpec.parse(spec).words() ? Pooling.NONE : Pooling.CLS,
            classes == 0 ? Head.VALUE : Head.CLASSES,
            labels,
            0,
            Pooler.NONE,
            1e-12);
    return new RandomEncoder(shape, random).of(spec);
  }

  private float[] floats(int count, double spread) {
    return RandomEncoder.floats(count, spread, 0, random);
  }

  /** Random word pieces. */
  public int[] text(int tokens) {
    return random.ints(tokens, 0, vocabulary).toArray();
  }

  /** A tokenizer with a piece for every row of the word table, which are at least 5. */
  BertTokenizer tokenizer() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
    for (int i = pieces.size(); i < vocabulary; i++) {
      pieces.add("word" + i);
    }
    return new BertTokenizer(new WordPieces(pieces), TokenizerOptions.UNCASED, POSITIONS);
  }
}
