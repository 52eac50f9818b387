package io.cipherstream.model;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a client needs of a model: manifest, vocabulary and embeddings, as a folder or as a zip
 * stream. Immutable.
 */
public final class ClientPackage {

  /** The embeddings' path in a package. */
  static final String EMBEDDINGS = "client/embeddings.safetensors";

  /** The vocabulary's path in a package. */
  static final String VOCABULARY = "client/vocab.txt";

  /** The files besides the manifest. */
  static final List<String> FILES = List.of(EMBEDDINGS, VOCABULARY);

  private final Path folder;
  private final ModelManifest manifest;
  private final EmbeddingTable embeddings;
  private final BertTokenizer tokenizer;

  private ClientPackage(
      Path folder, ModelManifest manifest, EmbeddingTable embeddings, BertTokenizer tokenizer) {
    this.folder = folder;
    this.manifest = manifest;
    this.embeddings = embeddings;
    this.tokenizer = tokenizer;
  }

  /**
   * Opens an unpacked client package, or the client's part of a whole model package, and checks the
   * digests of its files.
   *
   * @throws ModelException of kind NOT_FOUND, DIGEST, MALFORMED, SHAPE or VALUE
   */
  public static ClientPackage open(Path folder) {
    ModelManifest manifest = ModelManifest.read(folder);
    for (String file : FILES) {
      manifest.verify(folder, Map.entry(file, manifest.digestOf(file)));
    }
    return load(folder, manifest);
  }

  static ClientPackage load(Path folder, ModelManifest manifest) {
    EmbeddingTable embeddings =
        WeightFiles.readEmbeddings(folder.resolve(EMBEDDINGS), manifest.shape());
    WordPieces words =
        WordPieces.parse(ModelFiles.read(folder.resolve(VOCABULARY), WordPieces.FILE_BYTES_MAX));
    BertTokenizer tokenizer = new BertTokenizer(words, manifest.tokenizer(), manifest.tokensMax());
    return new ClientPackage(folder, manifest, embeddings, tokenizer);
  }

  /** Writes the package as a zip stream: the manifest first, then the other files. */
  public void writeZip(OutputStream out) {
    ClientZip.write(folder, manifest, out);
  }

  /**
   * Unpacks a zip stream into a folder and opens it. Nothing is read beyond what the manifest
   * announces, every digest is checked, and the folder appears whole or not at all; one that is
   * there is replaced.
   *
   * @throws ModelException of kind TRUNCATED, MALFORMED, DIGEST, SHAPE or IO
   */
  public static ClientPackage readZip(InputStream in, Path folder) {
    ClientZip.read(in, folder);
    return open(folder);
  }

  public ModelManifest manifest() {
    return manifest;
  }

  public EmbeddingTable embeddings() {
    return embeddings;
  }

  public BertTokenizer tokenizer() {
    return tokenizer;
  }

  /** Questions to this model's tokens. */
  public QuestionEncoder questions() {
    return new QuestionEncoder(tokenizer, manifest.shape(), embeddings.segments(), manifest.task());
  }
}
