package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files of a sentence-transformers folder say is done, or refused by name. */
class SentenceFolderTest {

  private static final String MEAN = "{\"embedding_dimension\":8,\"pooling_mode\":\"mean\"}";

  @TempDir private Path temporary;
  private HubFolder hub;

  @BeforeEach
  void write() throws IOException {
    hub = HubFolder.encoder(temporary.resolve("hub"));
  }

  private Pooling pooling(String config) throws IOException {
    return hub.write("1_Pooling/config.json", config).read().encoder().shape().pooling();
  }

  private void refused(String message) {
    refused(ModelException.Kind.UNSUPPORTED, message);
  }

  private void refused(ModelException.Kind kind, String message) {
    Expect.kind(kind, () -> hub.read()).hasMessageContaining(message);
  }

  @Test
  void poolingOfOldAndNewForm() throws IOException {
    assertThat(pooling(MEAN)).isEqualTo(Pooling.MEAN);
    assertThat(pooling("{\"pooling_mode\":[\"cls\"],\"include_prompt\":true}"))
        .isEqualTo(Pooling.CLS);
    assertThat(pooling("{\"word_embedding_dimension\":8}")).isEqualTo(Pooling.MEAN);
    assertThat(pooling("{\"pooling_mode_cls_token\":true,\"pooling_mode_mean_tokens\":false}"))
        .isEqualTo(Pooling.CLS);
    for (String mode :
        List.of("\"max\"", "[\"cls\",\"mean\"]", "\"lasttoken\"", "[]", "\"Mean\"")) {
      hub.write("1_Pooling/config.json", "{\"pooling_mode\":" + mode + "}");
      refused("expected exactly one of cls and mean");
    }
    hub.write(
        "1_Pooling/config.json",
        "{\"pooling_mode_cls_token\":true,\"pooling_mode_mean_tokens\":true}");
    refused("[cls, mean]");
    hub.write(
        "1_Pooling/config.json", "{\"pooling_mode\":\"mean\",\"pooling_mode_cls_token\":true}");
    refused("[mean] and [cls]");
  }

  @Test
  void withoutNormalizeTheVectorIsAsItIs() throws IOException {
    hub.write("1_Pooling/config.json", MEAN).modules("Transformer", "Pooling");
    ImportedModel raw = hub.read();
    hub.modules("Transformer", "Pooling", "Normalize");
    ImportedModel unit = hub.read();
    assertThat(raw.encoder().shape().head()).isEqualTo(Head.VECTOR);
    assertThat(unit.encoder().shape().head()).isEqualTo(Head.EMBEDDING);
    int[] ids = raw.tokenizer().encode("the film is bad");
    double[] expected = new NaiveTransformer(hub.model, false).run(ids);
    double[] got = new PlaintextTransformer(raw.encoder(), raw.embeddings()).run(ids);
    double norm = Math.sqrt(Arrays.stream(got).map(v -> v * v).sum());
    assertThat(Math.abs(norm - 1)).isGreaterThan(1e-3);
    for (int j = 0; j < got.length; j++) {
      assertThat(got[j] / norm).isCloseTo(expected[j], within(1e-5));
    }
    assertThat(hub.read(ImportOptions.named("x").withNormalize(false)).encoder().shape().head())
        .isEqualTo(Head.VECTOR);
  }

  @Test
  void whatNothingSaysIsNoted() {
    ImportedModel model = hub.read();
    assertThat(model.encoder().shape().head()).isEqualTo(Head.EMBEDDING);
    assertThat(model.notes()).anyMatch(n -> n.contains("--pooling"));
    assertThat(model.notes()).anyMatch(n -> n.contains("--normalize"));
    ImportOptions said = ImportOptions.named("x").withPooling(Pooling.CLS).withNormalize(true);
    assertThat(hub.read(said).notes()).isEmpty();
  }

  @Test
  void otherModulesAreRefusedByName() throws IOException {
    hub.write("1_Pooling/config.json", MEAN);
    for (String kind : List.of("LSTM", "CNN", "LayerNorm", "WeightedLayerPooling")) {
      hub.modules("Transformer", "Pooling", kind);
      refused(kind);
    }
    hub.modules("Transformer", "Normalize");
    refused("Transformer Normalize");
    hub.modules("Transformer", "Pooling", "Normalize", "Dense");
    refused("Transformer Pooling Normalize Dense");
    hub.modules("Pooling", "Transformer");
    refused("Pooling Transformer");
    hub.write(
        "modules.json",
        "[{\"idx\":0,\"path\":\"../other\",\"type\":\"sentence_transformers.models.Transformer\"}]");
    refused("outside the model's");
    hub.write("modules.json", "{}");
    refused("no list of modules");
  }

  @Test
  void whatAMatrixBehindThePooledRowMayBe() throws IOException {
    hub.write("1_Pooling/config.json", MEAN).modules("Transformer", "Pooling", "Dense");
    refused(ModelException.Kind.NOT_FOUND, "2_Dense");
    String config =
        "{\"in_features\":8,\"out_features\":3,\"bias\":false,\"activation_function\":\"%s\"}";
    hub.write("2_Dense/config.json", String.format(config, "torch.nn.modules.activation.Softplus"));
    refused("2_Dense/config.json says activation_function 'torch.nn.modules.activation.Softplus'");
    hub.write("2_Dense/config.json", String.format(config, "torch.nn.modules.linear.Identity"));
    refused(ModelException.Kind.NOT_FOUND, "model.safetensors");
    float[] matrix = new float[3 * 8];
    matrix[2] = 2;
    matrix[8 + 5] = -1;
    new SafetensorsWriter()
        .add("linear.weight", matrix, 3, 8)
        .write(hub.path.resolve("2_Dense/model.safetensors"));
    ImportedModel model = hub.read();
    assertThat(model.encoder().shape().head()).isEqualTo(Head.VECTOR);
    hub.modules("Transformer", "Pooling");
    ImportedModel bare = hub.read();
    int[] ids = bare.tokenizer().encode("the film is bad");
    double[] row = new PlaintextTransformer(bare.encoder(), bare.embeddings()).run(ids);
    assertThat(new PlaintextTransformer(model.encoder(), model.embeddings()).run(ids))
        .containsExactly(new double[] {2 * row[2], -row[5], 0}, within(1e-12));
    hub.modules("Transformer", "Pooling", "Dense");
    hub.edit("2_Dense/config.json", c -> c.put("in_features", 7));
    refused(ModelException.Kind.SHAPE, "linear.weight");
    hub.edit("2_Dense/config.json", c -> c.put("module_input_name", "token_embeddings"));
    refused("token_embeddings");
    hub.edit("2_Dense/config.json", c -> c.put("out_features", 0).remove("module_input_name"));
    refused(ModelException.Kind.MALFORMED, "out_features 0");
  }

  @Test
  void typesOfTheNewerLibraryAreKnown() throws IOException {
    hub.write("1_Pooling/config.json", MEAN);
    hub.write(
        "modules.json",
        "[{\"path\":\"\",\"type\":\"sentence_transformers.base.modules.transformer.Transformer\"},"
            + "{\"path\":\"1_Pooling\",\"type\":\"sentence_transformers.sentence_transformer.modules.pooling.Pooling\"},"
            + "{\"path\":\"2_Normalize\",\"type\":\"sentence_transformers.base.modules.normalize.Normalize\"}]");
    assertThat(hub.read().encoder().shape().head()).isEqualTo(Head.EMBEDDING);
    hub.write("2_Normalize/config.json", "{\"module_input_name\":\"token_embeddings\"}");
    refused("token_embeddings");
  }

  @Test
  void encoderInAFolderOfItsOwn() throws IOException {
    Path inner = hub.path.resolve("0_Transformer");
    Files.createDirectory(inner);
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.move(hub.path.resolve(file), inner.resolve(file));
    }
    hub.write("1_Pooling/config.json", MEAN);
    assertThat(hub.read().encoder().shape().pooling()).isEqualTo(Pooling.MEAN);
  }

  @Test
  void shorterLimitOfTextsIsKept() throws IOException {
    hub.write("sentence_bert_config.json", "{\"max_seq_length\":6,\"do_lower_case\":false}");
    ImportedModel model = hub.read();
    assertThat(model.tokenizer().encode("the film is bad")).hasSize(6);
    Expect.kind(
        ModelException.Kind.TEXT_TOO_LONG, () -> model.tokenizer().encode("the film is bad ."));
    assertThat(model.encoder().shape().positions()).isEqualTo(6);
    hub.write("sentence_bert_config.json", "{\"max_seq_length\":512}");
    assertThat(hub.read().encoder().shape().positions()).isEqualTo(24);
    hub.write("sentence_bert_config.json", "{\"max_seq_length\":2}");
    refused("max_seq_length 2");
  }

  @Test
  void whatIsDoneToTextsBeforeIsDoneOrRefused() throws IOException {
    hub.write("sentence_bert_config.json", "{\"do_lower_case\":true}");
    hub.read();
    hub.edit("tokenizer.json", t -> t.putNull("normalizer"));
    refused(ModelException.Kind.TOKENIZER, "do_lower_case");
    Files.delete(hub.path.resolve("sentence_bert_config.json"));
    hub.write(
        "config_sentence_transformers.json",
        "{\"prompts\":{\"query\":\"query:"
            + " \"},\"default_prompt_name\":null,\"similarity_fn_name\":\"dot\"}");
    hub.read();
    hub.edit("config_sentence_transformers.json", c -> c.put("default_prompt_name", "query"));
    refused("query: ");
    hub.write("config_sentence_transformers.json", "{\"truncate_dim\":4}");
    refused("truncate_dim 4");
    hub.write("config_sentence_transformers.json", "{\"model_type\":\"SparseEncoder\"}");
    refused("SparseEncoder");
  }
}
