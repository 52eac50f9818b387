package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** config.json, heads, names of tensors and forms of weights of a Hugging Face folder. */
class HubFolderTest {

  @TempDir private Path temporary;

  private HubFolder encoder() throws IOException {
    return HubFolder.encoder(temporary.resolve("encoder"));
  }

  private static void refused(HubFolder hub, ModelException.Kind kind, String message) {
    Expect.kind(kind, hub::read).hasMessageContaining(message);
  }

  @Test
  void keysThatChangeTheComputationAreRefused() throws IOException {
    for (Map.Entry<String, String> said :
        Map.of(
                "is_decoder", "true",
                "add_cross_attention", "true",
                "position_embedding_type", "\"relative_key\"",
                "pruned_heads", "{\"0\":[1]}",
                "quantization_config", "{\"bits\":4}",
                "auto_map", "{\"AutoModel\":\"modeling.Bert\"}",
                "hidden_act", "\"silu\"",
                "model_type", "\"deberta\"",
                "problem_type", "\"ranking\"")
            .entrySet()) {
      HubFolder hub = encoder();
      hub.edit("config.json", c -> c.set(said.getKey(), HubFolder.JSON.readTree(said.getValue())));
      String shown = said.getKey().equals("hidden_act") ? "silu" : said.getKey();
      refused(hub, ModelException.Kind.UNSUPPORTED, shown);
    }
    HubFolder hub = encoder();
    hub.edit("config.json", c -> c.put("is_decoder", false).putObject("pruned_heads"));
    assertThat(hub.read().encoder().shape().layers()).isEqualTo(1);
  }

  @Test
  void sizesThatTheWeightsContradict() throws IOException {
    for (String key :
        List.of(
            "hidden_size",
            "intermediate_size",
            "vocab_size",
            "max_position_embeddings",
            "type_vocab_size")) {
      HubFolder hub = encoder();
      hub.edit("config.json", c -> c.put(key, c.path(key).intValue() + 1));
      refused(hub, ModelException.Kind.SHAPE, key);
    }
  }

  @Test
  void labelsThatContradictEachOther() throws IOException {
    HubFolder hub = HubFolder.classifier(temporary.resolve("labels"));
    hub.edit("config.json", c -> c.putObject("label2id").put("a", 0).put("b", 2).put("c", 1));
    refused(hub, ModelException.Kind.UNSUPPORTED, "--labels");
    ImportOptions named = ImportOptions.named("x").withLabels(List.of("x", "y", "z"));
    assertThat(hub.read(named).encoder().shape().labels()).containsExactly("x", "y", "z");
    hub.edit("config.json", c -> c.remove("label2id"));
    hub.edit("config.json", c -> c.put("num_labels", 2));
    refused(hub, ModelException.Kind.UNSUPPORTED, "num_labels 2");
  }

  @Test
  void headsAreKeptOrRefused() throws IOException {
    for (String architecture :
        List.of("BertForQuestionAnswering", "BertForNextSentencePrediction", "BertForMaskedLM")) {
      HubFolder hub = encoder();
      hub.edit("config.json", c -> c.putArray("architectures").add(architecture));
      refused(hub, ModelException.Kind.UNSUPPORTED, architecture);
      hub.model.add("qa_outputs.weight", 1, 0, 2, 8);
      hub.saveTensors();
      ImportedModel asked = hub.read(ImportOptions.named("x").withPooling(Pooling.CLS));
      assertThat(asked.encoder().shape().pooling()).isEqualTo(Pooling.CLS);
      assertThat(asked.notes()).anyMatch(n -> n.contains("qa_outputs.weight"));
    }
    HubFolder silent = encoder();
    silent.model.add("cls.seq_relationship.weight", 1, 0, 2, 8);
    silent.saveTensors();
    refused(silent, ModelException.Kind.UNSUPPORTED, "cls.seq_relationship.weight");
  }

  @Test
  void optionsWithoutASenseAreRefused() throws IOException {
    HubFolder hub = encoder();
    Expect.kind(
            ModelException.Kind.UNSUPPORTED,
            () -> hub.read(ImportOptions.named("x").withLabels(List.of("a", "b"))))
        .hasMessageContaining("embedding, which has no labels");
    HubFolder labels = HubFolder.classifier(temporary.resolve("classes"));
    Expect.kind(
            ModelException.Kind.UNSUPPORTED,
            () -> labels.read(ImportOptions.named("x").withNormalize(true)))
        .hasMessageContaining("--normalize");
  }

  @Test
  void missingPoolerOfAClassifierIsNamed() throws IOException {
    HubFolder hub = HubFolder.classifier(temporary.resolve("pooler"));
    hub.model.tensors.remove("bert.pooler.dense.weight");
    hub.saveTensors();
    refused(hub, ModelException.Kind.TENSOR_MISSING, "pooler.dense.weight");
  }

  @Test
  void tensorsThatBertHasNot() throws IOException {
    HubFolder hub = encoder();
    hub.model.add("bert.encoder.layer.0.attention.self.distance_embedding.weight", 1, 0, 47, 4);
    hub.saveTensors();
    refused(hub, ModelException.Kind.UNSUPPORTED, "distance_embedding");
  }

  @Test
  void prefixesOfWrappersAreLeftOut() throws IOException {
    HubFolder hub = HubFolder.classifier(temporary.resolve("prefix"));
    ImportedModel source = hub.read();
    int[] ids = source.tokenizer().encode("the film is bad");
    double[] expected = new PlaintextTransformer(source.encoder(), source.embeddings()).run(ids);
    for (String prefix : List.of("_orig_mod.", "module.", "model.", "module._orig_mod.")) {
      HubFolder wrapped = HubFolder.classifier(temporary.resolve(prefix + "x"));
      for (String name : List.copyOf(wrapped.model.tensors.keySet())) {
        wrapped.model.tensors.put(prefix + name, wrapped.model.tensors.remove(name));
        wrapped.model.shapes.put(prefix + name, wrapped.model.shapes.remove(name));
      }
      wrapped.saveTensors();
      assertThat(new PlaintextTransformer(wrapped.read().encoder(), source.embeddings()).run(ids))
          .as(prefix)
          .isEqualTo(expected);
    }
    HubFolder other = encoder();
    for (String name : List.copyOf(other.model.tensors.keySet())) {
      String renamed = name.replace("bert.", "roberta.");
      other.model.tensors.put(renamed, other.model.tensors.remove(name));
      other.model.shapes.put(renamed, other.model.shapes.remove(name));
    }
    other.saveTensors();
    refused(
        other,
        ModelException.Kind.TENSOR_MISSING,
        "nearest there is 'roberta.embeddings.word_embeddings.weight'");
  }

  @Test
  void otherFormsOfWeightsSayWhatToDo() throws IOException {
    HubFolder hub = encoder();
    hub.write("adapter_config.json", "{}");
    refused(hub, ModelException.Kind.UNSUPPORTED, "merge_and_unload");
    Files.delete(hub.path.resolve("adapter_config.json"));
    Files.delete(hub.path.resolve("model.safetensors"));
    hub.write("tf_model.h5", "x");
    refused(hub, ModelException.Kind.UNSUPPORTED, "from_tf");
    String pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0".repeat(64) + "\nsize 9\n";
    hub.write("model.safetensors", pointer);
    refused(hub, ModelException.Kind.MALFORMED, "git lfs pull");
    Expect.kind(
            ModelException.Kind.MALFORMED,
            () ->
                ModelImporter.importFrom(
                    hub.path.resolve("model.safetensors"), ImportOptions.named("x")))
        .hasMessageContaining("git lfs pull");
    hub.saveTensors().write("tokenizer.json", pointer);
    refused(hub, ModelException.Kind.MALFORMED, "tokenizer.json is a git-lfs pointer");
  }
}
