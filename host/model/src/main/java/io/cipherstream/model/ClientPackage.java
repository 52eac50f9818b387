package io.cipherstream.model;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client needs of a model: manifest, tokenizer and embeddings, as a folder or as a zip
 * stream. Thread-safe.
 */
public final class ClientPackage {

  /** The embeddings' path in a package. */
  static final String EMBEDDINGS = "client/embeddings.safetensors";

  private final Path folder;
  private final ModelManifest manifest;
  private final EmbeddingTable embeddings;
  private @Nullable BertTokenizer tokenizer;

  private ClientPackage(Path folder, ModelManifest manifest, EmbeddingTable embeddings) {
    this.folder = folder;
    this.manifest = manifest;
    this.embeddings = embeddings;
  }

  /** The files besides the manifest. */
  static List<String> files(ModelManifest manifest) {
    return List.of(EMBEDDINGS, manifest.tokenizerFile());
  }

  /**
   * Opens an unpacked client package, or the client's part of a whole model package, and checks the
   * digests of its files.
   *
   * @throws ModelException of kind NOT_FOUND, DIGEST, MALFORMED, SHAPE or VALUE
   */
  public static ClientPackage open(Path folder) {
    ModelManifest manifest = ModelManifest.read(folder);
    for (String file : files(manifest)) {
      manifest.verify(folder, Map.entry(file, manifest.digestOf(file)));
    }
    return load(folder, manifest);
  }

  static ClientPackage load(Path folder, ModelManifest manifest) {
    EmbeddingTable embeddings =
        WeightFiles.readEmbeddings(folder.resolve(EMBEDDINGS), manifest.shape());
    return new ClientPackage(folder, manifest, embeddings);
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
   * @throws ModelException of kind TRUNCATED, MALFORMED, DIGEST, SHAPE, TOKENIZER or IO
   */
  public static ClientPackage readZip(InputStream in, Path folder) {
    ClientZip.read(in, folder);
    ClientPackage opened = open(folder);
    opened.tokenizer();
    return opened;
  }

  public ModelManifest manifest() {
    return manifest;
  }

  public EmbeddingTable embeddings() {
    return embeddings;
  }

  /**
   * The tokenizer, read when first asked for: what serves a model needs none.
   *
   * @throws ModelException of kind TOKENIZER or MALFORMED if it is not one for this model
   */
  public synchronized BertTokenizer tokenizer() {
    BertTokenizer read = tokenizer;
    if (read == null) {
      read = TokenizerReader.packed(folder, manifest);
      tokenizer = read;
    }
    return read;
  }

  /** Questions to this model's tokens. */
  public QuestionEncoder questions() {
    return new QuestionEncoder(
        tokenizer(), manifest.shape(), embeddings.segments(), manifest.task());
  }
}
