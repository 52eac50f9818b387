package io.cipherstream.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads a Hugging Face or sentence-transformers folder. What its files say is done or refused by
 * name; what none of them says is taken as ever, and noted.
 */
final class HuggingFaceReader {

  private final String texts;
  private final String words;
  private final Set<String> headless;
  private final ImportOptions options;
  private final SentenceModules modules;
  private final HuggingFaceConfig config;

  /** Said wherever neither the model's files nor the user say it. */
  static final String MEAN_IS_A_GUESS =
      "No file says how tokens become one vector: the mean is taken, which is a guess; the model's"
          + " card says which is right, --pooling cls changes it.";

  private final List<String> notes = new ArrayList<>();

  private HuggingFaceReader(
      ImportOptions options, SentenceModules modules, HuggingFaceConfig config) {
    this.options = options;
    this.modules = modules;
    this.config = config;
    this.texts = config.className("ForSequenceClassification");
    this.words = config.className("ForTokenClassification");
    this.headless = Set.of("", config.className("Model"));
  }

  /**
   * @throws ModelException if a file is missing, malformed, or says what is not computed; the kind
   *     and the message say which
   */
  static ImportedModel read(Path folder, ImportOptions options) {
    SentenceModules modules = SentenceModules.of(folder.toAbsolutePath().normalize());
    Path file = WeightsFile.in(modules.transformer());
    HuggingFaceConfig config = HuggingFaceConfig.read(modules.transformer());
    if (options.tokenizer() == null) {
      config.checkTokenizer();
    }
    return new HuggingFaceReader(options, modules, config).read(file);
  }

  private ImportedModel read(Path file) {
    try (OpenTensors open = WeightsFile.open(file)) {
      UsedTensors tensors =
          new UsedTensors(
              new FamilyTensors(TensorPrefix.without(open), config.family(), config.layers()));
      boolean classifier = tensors.has("classifier.weight");
      boolean head = keepsHead(classifier);
      BertConfiguration configuration = head ? headed() : embedding();
      BertAssembler assembler = new BertAssembler(tensors, configuration);
      EmbeddingTable whole = assembler.embeddings();
      int first = config.firstPosition();
      DenseModule dense = configuration.dense() == null ? null : modules.dense();
      EncoderWeights encoder =
          assembler.encoder(
              positions(whole, first), whole.vocabulary(), dense == null ? null : dense.layer());
      config.checkSizes(whole, encoder.shape());
      if (head && config.architecture().equals(texts) && !encoder.shape().pooler().exists()) {
        tensors.read("pooler.dense.weight");
      }
      tensors.checkEncoder();
      leftOut(tensors.head(), head);
      noteActivation(encoder.shape().head());
      EmbeddingTable embeddings = whole.withPositions(first, encoder.shape().positions());
      ImportedModel model =
          ModelImporter.imported("huggingface", file, file, encoder, embeddings, options, notes);
      checkLowercase(model.tokenizer());
      return model;
    }
  }

  /**
   * A shorter limit than the table's is kept by leaving out the rows beyond it.
   *
   * @throws ModelException of kind SHAPE if no row is left
   */
  private int positions(EmbeddingTable table, int first) {
    int rows = table.positions() - first;
    if (rows < ModelShape.POSITIONS_MIN) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a position table of "
              + table.positions()
              + " rows, of which texts use those from "
              + first
              + " on: expected "
              + ModelShape.POSITIONS_MIN
              + " of them or more");
    }
    int most = Math.min(rows, TokenClasses.HYBRID_MAX);
    return modules.tokensMax() < most ? modules.tokensMax() : rows;
  }

  /** Whether the user or the files ask for the encoder's rows, whatever the head. */
  private boolean asksForEmbedding() {
    return options.pooling() != null || modules.pooling() != null;
  }

  private boolean keepsHead(boolean classifier) {
    String architecture = config.architecture();
    if (asksForEmbedding()) {
      return false;
    }
    if (architecture.equals(texts) || architecture.equals(words)) {
      return true;
    }
    if (architecture.isEmpty()) {
      return classifier;
    }
    if (!headless.contains(architecture) && !options.headOptional()) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "architecture "
              + architecture
              + ", whose head is not computed: expected "
              + config.className("Model")
              + ", "
              + texts
              + " or "
              + words
              + "; --pooling mean or cls imports the encoder as an embedding, without the head");
    }
    return false;
  }

  private BertConfiguration headed() {
    if (options.normalize() != null) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "--normalize: the model gives labels or values; an embedding of it is imported with"
              + " --pooling");
    }
    return config.architecture().equals(words)
        ? config.words(options.labels())
        : config.texts(options.labels());
  }

  private BertConfiguration embedding() {
    if (options.labels() != null && !options.headOptional()) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "--labels " + options.labels() + ": the model gives an embedding, which has no labels");
    }
    Pooling pooling = options.pooling() != null ? options.pooling() : modules.pooling();
    Boolean normalize = options.normalize() != null ? options.normalize() : modules.normalize();
    if (pooling == Pooling.NONE) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED, "--pooling none: expected mean or cls");
    }
    if (pooling == null && modules.normalize() != null) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "modules.json has no Pooling: say with --pooling mean or cls how tokens become one"
              + " vector");
    }
    if (pooling == null) {
      notes.add(MEAN_IS_A_GUESS);
    } else if (modules.pooling() != null && pooling != modules.pooling()) {
      notes.add(
          "The files say pooling "
              + modules.pooling().text()
              + "; "
              + pooling.text()
              + " was asked for.");
    }
    if (normalize == null) {
      notes.add(
          "No modules.json says whether the embedding is scaled to length 1: it is;"
              + " --normalize false changes it.");
    } else if (modules.normalize() != null && !modules.normalize().equals(normalize)) {
      notes.add("The files say the other of normalised or not than was asked for.");
    }
    DenseModule dense = modules.dense();
    return config.embedding(
        pooling == null ? Pooling.MEAN : pooling,
        normalize == null || normalize,
        dense == null ? null : dense.output());
  }

  private void leftOut(String tensors, boolean head) {
    if (tensors.isEmpty()) {
      return;
    }
    if (head || !(asksForEmbedding() || options.headOptional())) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "the weights hold "
              + tensors
              + ", which is not computed; --pooling mean or cls imports the encoder as an"
              + " embedding, without it");
    }
    notes.add("Left out, since an embedding is asked for: " + tensors + ".");
  }

  /** What sentence-transformers does to a cross-encoder's value, and transformers does not. */
  private void noteActivation(Head head) {
    String function = modules.activation();
    if (head == Head.VALUE && !function.isEmpty() && !function.endsWith(".Identity")) {
      notes.add(
          "The value is the model's own, as transformers gives it; sentence-transformers'"
              + " CrossEncoder applies "
              + function
              + " to it.");
    }
  }

  private void checkLowercase(BertTokenizer tokenizer) {
    if (modules.lowercase() && !tokenizer.lowercases()) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "sentence_bert_config.json says do_lower_case true, which the tokenizer does not do");
    }
  }
}
