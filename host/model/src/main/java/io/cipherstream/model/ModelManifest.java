package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code manifest.json} says about a model package. Immutable.
 *
 * @param formatVersion version of the package format: {@link #FORMAT_VERSION_SEALED} for a sealed
 *     model; else {@link #FORMAT_VERSION}, or {@link #FORMAT_VERSION_VOCABULARY} for a package with
 *     vocab.txt, which earlier programs read too
 * @param name the model's name
 * @param licence licence of the weights
 * @param source where the weights come from
 * @param shape sizes and kinds
 * @param task what the model was trained to answer, null where nothing says it
 * @param modes encrypted modes the model can run in, the preferred one first; a name that a mode
 *     had before is read as the present one, with a note
 * @param notes what a user should know, such as why there is no mode
 * @param tokenClasses sentence lengths that slots are laid out for in modes paper and compact
 * @param tokenizer how text is prepared before a vocab.txt; null for a package with tokenizer.json,
 *     which says it itself
 * @param ranges calibrated ranges
 * @param files length and digest of every other file, by its path with forward slashes
 * @param parameterSet name of the CKKS parameter set, null until a plan was made
 * @param plan what the planner wrote, null until then; opaque here
 * @param sealed what {@code io.cipherstream.model.sealed} says of a sealed model, null for every
 *     other one; opaque here
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelManifest(
    int formatVersion,
    String name,
    String licence,
    ModelSource source,
    ModelShape shape,
    @Nullable ModelTask task,
    List<String> modes,
    List<String> notes,
    List<Integer> tokenClasses,
    @Nullable TokenizerOptions tokenizer,
    Ranges ranges,
    SortedMap<String, FileDigest> files,
    @Nullable String parameterSet,
    @Nullable JsonNode plan,
    @Nullable JsonNode sealed) {

  /** The format of a package with client/tokenizer.json. */
  public static final int FORMAT_VERSION = 2;

  /** The format of a package with client/vocab.txt. */
  public static final int FORMAT_VERSION_VOCABULARY = 1;

  /** The format of a package of a sealed model, whose weights are not a BERT encoder's. */
  public static final int FORMAT_VERSION_SEALED = 3;

  /** Longest manifest.json in bytes. */
  public static final int BYTES_MAX = 4 << 20;

  /** The file's name in a package. */
  public static final String FILE = "manifest.json";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /**
   * @throws ModelException of kind MALFORMED if a part is missing, UNSUPPORTED for another format
   *     version, NAME for a bad name, SHAPE if ranges and shape differ in layers
   */
  public ModelManifest {
    if (formatVersion < FORMAT_VERSION_VOCABULARY || formatVersion > FORMAT_VERSION_SEALED) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "package format "
              + formatVersion
              + ": this program reads formats "
              + FORMAT_VERSION_VOCABULARY
              + " to "
              + FORMAT_VERSION_SEALED);
    }
    if (name == null
        || licence == null
        || source == null
        || shape == null
        || modes == null
        || tokenClasses == null
        || formatVersion != format(tokenizer, sealed)
        || ranges == null
        || files == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "manifest: expected name, licence, source, shape, modes, tokenClasses, ranges and files,"
              + " the section sealed in format "
              + FORMAT_VERSION_SEALED
              + " and there only, and tokenizer in format "
              + FORMAT_VERSION_VOCABULARY
              + ", not in format "
              + FORMAT_VERSION);
    }
    ModelRepository.checkName(name);
    notes = notes == null ? List.of() : List.copyOf(notes);
    if (modes.contains(ModelModes.ASSISTED)) {
      notes = Stream.concat(notes.stream(), Stream.of(ModelModes.ASSISTED_NOTE)).toList();
    }
    modes = modes.stream().map(ModelModes::current).distinct().toList();
    tokenClasses = List.copyOf(tokenClasses);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    if (!TokenClasses.ALL.containsAll(tokenClasses) || tokenClasses.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "manifest: token classes " + tokenClasses + ", expected some of " + TokenClasses.ALL);
    }
    if (task != null) {
      task.check(shape);
    }
    if (ranges.layers().size() != shape.layers()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "manifest: ranges of "
              + ranges.layers().size()
              + " layers for a model of "
              + shape.layers());
    }
  }

  /** The format of a package with such sections. */
  static int format(@Nullable TokenizerOptions tokenizer, @Nullable JsonNode sealed) {
    if (sealed != null) {
      return FORMAT_VERSION_SEALED;
    }
    return tokenizer == null ? FORMAT_VERSION : FORMAT_VERSION_VOCABULARY;
  }

  /** The path of the tokenizer's file in the package. */
  String tokenizerFile() {
    return tokenizer == null ? TokenizerJson.PATH : TokenizerFile.Vocabulary.PATH;
  }

  /** Most tokens a sentence may have, [CLS] and [SEP] included. */
  public int tokensMax() {
    return Math.min(
        shape.positions(),
        modes.contains(ModelModes.HYBRID)
            ? TokenClasses.HYBRID_MAX
            : tokenClasses.get(tokenClasses.size() - 1));
  }

  /** The same with the planner's node. */
  public ModelManifest withPlan(@Nullable JsonNode node) {
    return planned(parameterSet, node);
  }

  /** The same with the name of a CKKS parameter set. */
  public ModelManifest withParameterSet(@Nullable String set) {
    return planned(set, plan);
  }

  private ModelManifest planned(@Nullable String set, @Nullable JsonNode node) {
    return new ModelManifest(
        formatVersion,
        name,
        licence,
        source,
        shape,
        task,
        modes,
        notes,
        tokenClasses,
        tokenizer,
        ranges,
        files,
        set,
        node,
        sealed);
  }

  /** The manifest as indented JSON; the same manifest gives the same bytes. */
  public byte[] toJson() {
    try {
      return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw ModelFiles.io("cannot write the manifest of " + name, e);
    }
  }

  /**
   * @throws ModelException of kind MALFORMED, UNSUPPORTED, NAME or SHAPE
   */
  public static ModelManifest fromJson(byte[] bytes) {
    try {
      ModelManifest manifest = JSON.readValue(bytes, ModelManifest.class);
      if (manifest == null) {
        throw new ModelException(ModelException.Kind.MALFORMED, "manifest is the JSON value null");
      }
      return manifest;
    } catch (IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ModelException model) {
          throw model;
        }
      }
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "manifest is not what this program writes: "
              + (e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage()),
          e);
    }
  }

  static ModelManifest read(Path folder) {
    return fromJson(ModelFiles.read(folder.resolve(FILE), BYTES_MAX));
  }

  FileDigest digestOf(String file) {
    FileDigest digest = files.get(file);
    if (digest == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, "manifest of " + name + " does not list " + file);
    }
    return digest;
  }

  /**
   * Checks a file of the package against its digest.
   *
   * @throws ModelException of kind NOT_FOUND or DIGEST
   */
  void verify(Path folder, Map.Entry<String, FileDigest> entry) {
    FileDigest found = ModelFiles.digest(folder.resolve(entry.getKey()));
    if (!found.equals(entry.getValue())) {
      throw new ModelException(
          ModelException.Kind.DIGEST,
          entry.getKey()
              + " of model "
              + name
              + " has "
              + found
              + ": the manifest says "
              + entry.getValue()
              + "; import or download the model again");
    }
  }
}
