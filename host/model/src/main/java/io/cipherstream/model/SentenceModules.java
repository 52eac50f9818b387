package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What sentence-transformers' files say of a folder: which modules follow each other, how token
 * rows are pooled, whether the result is scaled to length 1, and how texts are prepared.
 *
 * @param transformer folder of the encoder
 * @param pooling how rows are pooled; null where no file says it
 * @param dense what follows the pooled row; null where nothing does
 * @param normalize whether the pooled row is scaled to length 1; null where no file says it
 * @param tokensMax most tokens of a text, {@link Integer#MAX_VALUE} where no file says it
 * @param activation class of the function that a cross-encoder's library applies to its value;
 *     empty where no file names one
 * @param lowercase whether texts are lower-cased before the tokenizer sees them
 */
record SentenceModules(
    Path transformer,
    @Nullable Pooling pooling,
    @Nullable DenseModule dense,
    @Nullable Boolean normalize,
    int tokensMax,
    String activation,
    boolean lowercase) {

  private static final String EXPECTED = "Transformer, Pooling and, perhaps, Dense and Normalize";
  private static final String MODULES = "modules.json";
  private static final String ENCODER = "sentence_bert_config.json";
  private static final String SENTENCES = "config_sentence_transformers.json";

  /**
   * @throws ModelException of kind UNSUPPORTED, which names the module or setting that is not
   *     computed, MALFORMED or NOT_FOUND
   */
  static SentenceModules of(Path folder) {
    Path modules = folder.resolve(MODULES);
    Path transformer = folder;
    Pooling pooling = null;
    DenseModule dense = null;
    Boolean normalize = null;
    if (Files.exists(modules)) {
      List<Module> list = list(folder, modules);
      checkOrder(list);
      transformer = list.get(0).folder();
      normalize = list.stream().anyMatch(m -> m.kind().equals("Normalize"));
      for (Module module : list) {
        if (module.kind().equals("Pooling")) {
          pooling = PoolingConfig.read(module.folder());
        } else if (!module.kind().equals("Transformer")) {
          checkNames(module);
          dense = module.kind().equals("Dense") ? DenseModule.read(module.folder()) : dense;
        }
      }
    } else {
      Path old = folder.resolve("0_Transformer");
      transformer = Files.exists(old.resolve("config.json")) ? old : folder;
      Path beside = folder.resolve("1_Pooling");
      pooling = Files.exists(beside.resolve("config.json")) ? PoolingConfig.read(beside) : null;
    }
    checkSentences(folder);
    JsonNode encoder = optional(transformer.resolve(ENCODER));
    checkEncoder(encoder);
    return new SentenceModules(
        transformer,
        pooling,
        dense,
        normalize,
        tokensMax(encoder),
        activation(folder),
        encoder.path("do_lower_case").asBoolean(false));
  }

  /** What the files beside a model file say. */
  static SentenceModules beside(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return folder == null
        ? new SentenceModules(file, null, null, null, Integer.MAX_VALUE, "", false)
        : of(folder);
  }

  private record Module(String kind, String path, Path folder) {}

  private static List<Module> list(Path folder, Path file) {
    JsonNode list = ModelFiles.tree(file, HuggingFaceConfig.FILE_BYTES_MAX);
    if (!list.isArray() || list.isEmpty()) {
      throw refused(MODULES + " is no list of modules");
    }
    List<Module> out = new ArrayList<>();
    for (JsonNode node : list) {
      String type = node.path("type").asText("");
      String path = node.path("path").asText("");
      if (!node.path("path").isTextual() || (path.isEmpty() && !out.isEmpty())) {
        throw refused(MODULES + " has the module '" + type + "' without a folder");
      }
      Path at = folder.resolve(path).normalize();
      if (!at.startsWith(folder.normalize())) {
        throw refused(MODULES + " names the folder '" + path + "' outside the model's");
      }
      String kind = type.substring(type.lastIndexOf('.') + 1);
      boolean known =
          type.startsWith("sentence_transformers.")
              && Set.of("Transformer", "Pooling", "Dense", "Normalize").contains(kind);
      if (!known) {
        throw refused(
            MODULES
                + " has the module '"
                + type
                + "'"
                + (path.isEmpty() ? "" : " (" + path + ")")
                + ", which is not computed: expected "
                + EXPECTED);
      }
      out.add(new Module(kind, path, at));
    }
    return out;
  }

  private static void checkOrder(List<Module> list) {
    String order = String.join(" ", list.stream().map(Module::kind).toList());
    if (!order.matches("Transformer( Pooling( Dense)?( Normalize)*)?")) {
      throw refused(MODULES + " has " + order + ": expected " + EXPECTED);
    }
  }

  /** What it takes and gives must be the pooled row. */
  private static void checkNames(Module module) {
    JsonNode config = optional(module.folder().resolve("config.json"));
    for (String key : List.of("module_input_name", "module_output_name")) {
      String name = config.path(key).asText("sentence_embedding");
      if (!config.path(key).isNull() && !name.equals("sentence_embedding")) {
        throw refused(module.path() + "/config.json says " + key + " '" + name + "'");
      }
    }
  }

  private static void checkSentences(Path folder) {
    JsonNode config = optional(folder.resolve(SENTENCES));
    String prompt = config.path("default_prompt_name").asText("");
    if (!prompt.isEmpty()
        && !config.path("default_prompt_name").isNull()
        && !config.path("prompts").path(prompt).asText("").isEmpty()) {
      throw refused(
          SENTENCES
              + " says default_prompt_name '"
              + prompt
              + "', so that '"
              + config.path("prompts").path(prompt).asText("")
              + "' stands before every text: put it there yourself, and null in the file");
    }
    JsonNode cut = config.path("truncate_dim");
    if (!cut.isMissingNode() && !cut.isNull()) {
      throw refused(SENTENCES + " says truncate_dim " + cut + ", which is not computed");
    }
    String type = config.path("model_type").asText("SentenceTransformer");
    if (!type.equals("SentenceTransformer") && !type.equals("CrossEncoder")) {
      throw refused(SENTENCES + " says model_type '" + type + "', which is not computed");
    }
  }

  /** The library has kept it in three places, the last of which is the newest. */
  private static String activation(Path folder) {
    JsonNode config = optional(folder.resolve("config.json"));
    String oldest = config.path("sbert_ce_default_activation_function").asText("");
    String older = config.path("sentence_transformers").path("activation_fn").asText(oldest);
    return optional(folder.resolve(SENTENCES)).path("activation_fn").asText(older);
  }

  private static void checkEncoder(JsonNode config) {
    String output = config.path("module_output_name").asText("token_embeddings");
    if (!output.equals("token_embeddings") && !output.equals("scores")) {
      throw refused(ENCODER + " says module_output_name '" + output + "'");
    }
    String task = config.path("transformer_task").asText("feature-extraction");
    if (!task.equals("feature-extraction") && !task.equals("sequence-classification")) {
      throw refused(ENCODER + " says transformer_task '" + task + "', which is not computed");
    }
    String method =
        config.path("modality_config").path("text").path("method_output_name").asText("");
    if (!Set.of("", "last_hidden_state", "logits").contains(method)) {
      throw refused(ENCODER + " takes '" + method + "' of the encoder's outputs");
    }
    if (!config.path("processing_kwargs").isEmpty()
        || config.path("query_expansion").asBoolean(false)) {
      throw refused(ENCODER + " says processing_kwargs or query_expansion, which are not computed");
    }
  }

  private static int tokensMax(JsonNode encoder) {
    JsonNode limit = encoder.path("max_seq_length");
    if (limit.isMissingNode() || limit.isNull()) {
      return Integer.MAX_VALUE;
    }
    if (!limit.isInt() || limit.intValue() < ModelShape.POSITIONS_MIN) {
      throw refused(
          ENCODER
              + " says max_seq_length "
              + limit
              + ": expected "
              + ModelShape.POSITIONS_MIN
              + " or more");
    }
    return limit.intValue();
  }

  private static JsonNode optional(Path file) {
    return Files.exists(file)
        ? ModelFiles.json(file, HuggingFaceConfig.FILE_BYTES_MAX)
        : MissingNode.getInstance();
  }

  private static ModelException refused(String what) {
    return new ModelException(ModelException.Kind.UNSUPPORTED, what);
  }
}
