package io.cipherstream.workflow.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ClientPackage;
import io.cipherstream.model.ImportOptions;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelImporter;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.Question;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.GlueTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that are not BERT, as transformers saved them: their own pieces, names and positions. */
@Tag("slow")
@Tag("training")
class OtherFamiliesIT {

  private static final long SEED = 5;
  private static final int TOKENS = 40;
  private static final List<String> WORDS = List.of("film", "plot", "warm", "flat", "no", "story");

  @TempDir private Path folder;

  private static ImportedModel source(String name) {
    return ModelImporter.importFrom(
        Path.of("../model/src/test/resources/families", name), ImportOptions.named(name));
  }

  /** Whether the word of the first text is that of the second. */
  private TaskData pairs(ImportedModel source) throws IOException {
    Random random = new Random(SEED);
    for (String part : List.of("train", "dev")) {
      StringBuilder out = new StringBuilder("index\tsentence1\tsentence2\tlabel\n");
      for (int i = 0; i < 200; i++) {
        String first = WORDS.get(random.nextInt(WORDS.size()));
        String second = WORDS.get(random.nextInt(WORDS.size()));
        String label = first.equals(second) ? "entailment" : "not_entailment";
        out.append(i + "\t" + first + "\t" + second + "\t" + label + "\n");
      }
      Files.writeString(folder.resolve(part + ".tsv"), out);
    }
    return TaskData.texts(
        GlueTask.RTE.task(),
        GlueTask.RTE.columns(),
        folder.resolve("train.tsv"),
        folder.resolve("dev.tsv"),
        source.tokenizer(),
        TOKENS,
        0.1,
        SEED,
        BadRows.refused(""));
  }

  private ConversionSettings settings(ImportedModel source) throws IOException {
    return SmallSettings.of(
        folder.resolve("work"),
        source,
        pairs(source),
        SmallSettings.recipe(1, 1e-3),
        Pooling.CLS,
        SEED);
  }

  /** Byte-level pieces, positions behind the padding, both texts of a pair of one token type. */
  @Test
  void pairsOfRoberta() throws IOException {
    ImportedModel source = source("roberta");
    ConversionResult result =
        new Conversion(settings(source), SmallSettings.PRINTING, () -> false).run();
    for (StageVariant variant : result.variants()) {
      assertThat(variant.referenceError()).as("%s", variant.stage()).isLessThan(1e-5);
    }
    StageVariant theX = result.of(StageName.THEX);
    ModelPackage written =
        ModelPackage.write(
            "other", theX.model(), Objects.requireNonNull(theX.ranges()), folder.resolve("out"));
    ClientPackage client = written.client();
    TokenSequence tokens = client.questions().encode(new Question.Pair("film", "plot")).tokens();
    int[] film = source.tokenizer().pieces("film");
    int[] plot = source.tokenizer().pieces("plot");
    assertThat(tokens.ids()).containsExactly(source.tokenizer().pair(film, plot).ids());
    assertThat(tokens.segments()).containsOnly(0);
  }

  @Test
  void whatIsNotTrainedIsRefusedBeforeAnythingIs() {
    assertThatThrownBy(() -> settings(source("electra")))
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("narrower than its layers");
    assertThatThrownBy(() -> settings(source("mpnet")))
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("relative positions");
  }
}
