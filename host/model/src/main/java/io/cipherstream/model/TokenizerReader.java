package io.cipherstream.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds a model's tokenizer: tokenizer.json wherever there is one, otherwise vocab.txt, each with
 * what the files beside it say.
 */
final class TokenizerReader {

  /** Word tables are padded to a multiple of this, and by less than {@link #PADDING_MAX} rows. */
  private static final int PADDING_STEP = 8;

  private static final int PADDING_MAX = 128;

  private TokenizerReader() {}

  /** The tokenizer of a package. */
  static BertTokenizer packed(Path folder, ModelManifest manifest) {
    Path file = folder.resolve(manifest.tokenizerFile());
    TokenizerOptions options = manifest.tokenizer();
    BertTokenizer tokenizer =
        options == null
            ? fromJson(file, manifest.tokensMax())
            : new BertTokenizer(pieces(file), options, manifest.tokensMax());
    if (tokenizer.size() > manifest.shape().vocabulary()) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "tokenizer of "
              + tokenizer.size()
              + " ids for a word table of "
              + manifest.shape().vocabulary()
              + " rows in the package of "
              + manifest.name());
    }
    return tokenizer;
  }

  /** A tokenizer.json as it is, whatever lies beside it. */
  static BertTokenizer fromJson(Path file, int tokensMax) {
    return new BertTokenizer(TokenizerJson.parse(bytes(file)), tokensMax);
  }

  /**
   * The tokenizer of a model file: the one that the options name, or the one in its folder.
   *
   * @param rows rows of the word table
   * @param tokensMax most tokens that the model computes
   * @param notes gets what the user should know
   * @throws ModelException of kind TOKENIZER if there is none, or it cannot be this model's
   */
  static BertTokenizer read(
      Path model, ImportOptions options, int rows, int tokensMax, List<String> notes) {
    if (options.tokenizer() != null) {
      TokenizerJson json = TokenizerJson.parse(bytes(options.tokenizer()));
      return ofJson(json, rows, tokensMax, notes);
    }
    Path folder = model.toAbsolutePath().getParent();
    if (folder == null) {
      throw new ModelException(ModelException.Kind.NOT_FOUND, model + " lies in no folder");
    }
    TokenizerSettings settings = TokenizerSettings.of(folder);
    int limit = Math.min(tokensMax, settings.tokensMax().orElse(tokensMax));
    Path json = folder.resolve("tokenizer.json");
    if (options.vocabulary() == null && Files.exists(json)) {
      return ofJson(settings.applied(TokenizerJson.tree(bytes(json))), rows, limit, notes);
    }
    Path vocabulary = vocabulary(options.vocabulary(), folder, model);
    WordPieces pieces = pieces(vocabulary);
    if (settings.addsTo(pieces) || settings.inOneSegment()) {
      BertTokenizer made = new BertTokenizer(settings.converted(pieces), limit);
      checkRows(made.size(), rows);
      return made;
    }
    checkRows((int) pieces.size(), rows);
    return new BertTokenizer(pieces, settings.options(), limit);
  }

  private static Path vocabulary(@Nullable Path named, Path folder, Path model) {
    if (named != null) {
      return named;
    }
    Path beside = folder.resolve("vocab.txt");
    if (!Files.exists(beside)) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "no tokenizer.json or vocab.txt beside "
              + model.getFileName()
              + ": name one with --tokenizer or --vocab");
    }
    return beside;
  }

  private static BertTokenizer ofJson(
      TokenizerJson json, int rows, int tokensMax, List<String> notes) {
    if (!json.hasPostProcessor()) {
      notes.add(
          "tokenizer.json has no post-processor: [CLS] and [SEP] are put around a text, as BERT"
              + " does.");
    }
    if (json.size() < rows && !padding(json.size(), rows)) {
      notes.add(
          "The word table has "
              + rows
              + " rows, tokenizer.json "
              + json.size()
              + " tokens: the last rows are never used.");
    }
    return new BertTokenizer(json, tokensMax);
  }

  /** A bare vocabulary that is shorter than its table has lost the tokens that were added to it. */
  private static void checkRows(int size, int rows) {
    if (size < rows && !padding(size, rows)) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "vocabulary of "
              + size
              + " word pieces for an embedding table of "
              + rows
              + " rows, which is no padding: tokens that were added to the vocabulary are missing;"
              + " put added_tokens.json or tokenizer.json beside it, or name one with --tokenizer");
    }
  }

  private static boolean padding(int size, int rows) {
    return rows % PADDING_STEP == 0 && rows - size < PADDING_MAX;
  }

  private static WordPieces pieces(Path file) {
    return WordPieces.parse(ModelFiles.read(file, WordPieces.FILE_BYTES_MAX));
  }

  private static byte[] bytes(Path file) {
    return ModelFiles.read(file, TokenizerJson.FILE_BYTES_MAX);
  }
}
