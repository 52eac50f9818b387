package io.cipherstream.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk: {@code manifest.json}, {@code weights.safetensors}, {@code
 * client/embeddings.safetensors}, {@code client/tokenizer.json} or {@code client/vocab.txt}, {@code
 * NOTICE.txt}. Thread-safe; weights are read when first asked for.
 */
public final class ModelPackage {

  static final String WEIGHTS = "weights.safetensors";
  static final String NOTICE = "NOTICE.txt";

  private final Path folder;
  private ModelManifest manifest;
  private @Nullable EncoderWeights encoder;
  private @Nullable ClientPackage client;

  private ModelPackage(Path folder, ModelManifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * Opens a package and checks every file's digest.
   *
   * @throws ModelException of kind NOT_FOUND, MALFORMED, UNSUPPORTED or DIGEST
   */
  public static ModelPackage open(Path folder) {
    ModelManifest manifest = ModelManifest.read(folder);
    manifest.digestOf(WEIGHTS);
    ClientPackage.files(manifest).forEach(manifest::digestOf);
    for (Map.Entry<String, FileDigest> entry : manifest.files().entrySet()) {
      if (!folder.resolve(entry.getKey()).normalize().startsWith(folder.normalize())) {
        throw new ModelException(
            ModelException.Kind.MALFORMED,
            "manifest of "
                + manifest.name()
                + " lists '"
                + entry.getKey()
                + "' outside its folder");
      }
      manifest.verify(folder, entry);
    }
    return new ModelPackage(folder, manifest);
  }

  /**
   * Writes a package beside the target and renames it, so that the folder is whole or absent.
   *
   * @param name the model's name
   * @param ranges calibrated ranges
   * @param folder the package's folder; must not be there
   * @throws ModelException of kind EXISTS if the folder is there, NAME, or IO
   */
  public static ModelPackage write(String name, ImportedModel model, Ranges ranges, Path folder) {
    EncoderWeights encoder = model.encoder();
    return write(
        new PackageContents(
            name,
            encoder.shape(),
            model.embeddings(),
            model.tokenizer(),
            model.source(),
            model.licence(),
            model.task(),
            ModelModes.of(encoder.shape()),
            notes(model),
            ranges,
            null,
            file -> WeightFiles.writeEncoder(encoder, file)),
        folder);
  }

  /** As {@link #write(String, ImportedModel, Ranges, Path)}, of any kind of model. */
  public static ModelPackage write(PackageContents contents, Path folder) {
    ModelFiles.createFolder(
        "model " + contents.name(), folder, temporary -> fill(contents, temporary));
    return open(folder);
  }

  private static void fill(PackageContents contents, Path folder) throws IOException {
    Files.createDirectory(folder.resolve("client"));
    contents.weights().accept(folder.resolve(WEIGHTS));
    WeightFiles.writeEmbeddings(contents.embeddings(), folder.resolve(ClientPackage.EMBEDDINGS));
    TokenizerFile tokenizer = contents.tokenizer().file();
    Files.write(folder.resolve(tokenizer.path()), tokenizer.bytes());
    Files.write(folder.resolve(NOTICE), notice(contents).getBytes(StandardCharsets.UTF_8));
    SortedMap<String, FileDigest> files = new TreeMap<>();
    for (String file : List.of(WEIGHTS, ClientPackage.EMBEDDINGS, tokenizer.path(), NOTICE)) {
      files.put(file, ModelFiles.digest(folder.resolve(file)));
    }
    ModelManifest manifest =
        new ModelManifest(
            ModelManifest.format(tokenizer.options(), contents.sealed()),
            contents.name(),
            contents.licence(),
            contents.source(),
            contents.shape(),
            contents.task(),
            contents.modes(),
            contents.notes(),
            TokenClasses.forPositions(contents.shape().positions()),
            tokenizer.options(),
            contents.ranges(),
            files,
            null,
            null,
            contents.sealed());
    Files.write(folder.resolve(ModelManifest.FILE), manifest.toJson());
  }

  private static List<String> notes(ImportedModel model) {
    List<String> notes = new ArrayList<>(model.notes());
    notes.addAll(ModelModes.notes(model.encoder().shape()));
    return notes;
  }

  private static String notice(PackageContents contents) {
    ModelSource source = contents.source();
    String origin = source.origin();
    return "Model "
        + contents.name()
        + "\nLicence: "
        + contents.licence()
        + "\nSource: "
        + (origin == null ? "not stated" : origin)
        + "\nMade from "
        + source.file()
        + " (SHA-256 "
        + source.sha256()
        + ")\n"
        + how(contents);
  }

  private static String how(PackageContents contents) {
    if (!contents.source().format().equals(ModelSource.CONVERTED)) {
      return "by Cipherstream's importer; weights and vocabulary are unchanged in value.\n";
    }
    return contents.sealed() != null
        ? "by Cipherstream's conversion: a polynomial encoder, trained on what the source answers"
            + " to texts of\nthe task. The vocabulary is unchanged.\n"
        : "by Cipherstream's conversion: trained further, so that its weights, and where THE-X"
            + " replaces\nthem its functions, differ from the source's. The vocabulary is"
            + " unchanged.\n";
  }

  /** The package's folder. */
  public Path folder() {
    return folder;
  }

  public synchronized ModelManifest manifest() {
    return manifest;
  }

  /**
   * Replaces manifest.json, for a planner's {@link ModelManifest#withPlan}.
   *
   * @throws ModelException of kind MALFORMED if name, shape or files differ, or IO
   */
  public synchronized void replaceManifest(ModelManifest changed) {
    if (!changed.name().equals(manifest.name())
        || !changed.shape().equals(manifest.shape())
        || !Objects.equals(changed.sealed(), manifest.sealed())
        || !changed.files().equals(manifest.files())) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "manifest of "
              + changed.name()
              + ": name, shape and files of "
              + manifest.name()
              + " do not change");
    }
    ModelFiles.replace(folder.resolve(ModelManifest.FILE), changed.toJson());
    manifest = changed;
    client = null;
  }

  /** The weights' file, for those who read weights that are not an encoder's of BERT. */
  public Path weightsFile() {
    return folder.resolve(WEIGHTS);
  }

  /**
   * The appliance's half.
   *
   * @throws ModelException of kind UNSUPPORTED for a sealed model, whose layers are others
   */
  public synchronized EncoderWeights encoder() {
    if (manifest.sealed() != null) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "model " + manifest.name() + " is sealed: it has no encoder of BERT's layers");
    }
    EncoderWeights loaded = encoder;
    if (loaded == null) {
      loaded = WeightFiles.readEncoder(folder.resolve(WEIGHTS), manifest.shape());
      encoder = loaded;
    }
    return loaded;
  }

  /** The client's half. */
  public synchronized ClientPackage client() {
    ClientPackage loaded = client;
    if (loaded == null) {
      loaded = ClientPackage.load(folder, manifest);
      client = loaded;
    }
    return loaded;
  }

  /** Questions to this model's tokens. */
  public QuestionEncoder questions() {
    return client().questions();
  }

  /** The plaintext forward pass of the whole model. */
  public PlaintextTransformer plaintext(PlaintextTransformer.Reciprocal reciprocal) {
    return new PlaintextTransformer(encoder(), client().embeddings(), reciprocal);
  }
}
