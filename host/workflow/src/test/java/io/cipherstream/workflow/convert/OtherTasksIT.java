package io.cipherstream.workflow.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.GlueTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs, values and word labels from files in GLUE's and CoNLL's layouts, made up here. */
@Tag("slow")
@Tag("training")
class OtherTasksIT {

  private static final long SEED = 3;
  private static final int TOKENS = 16;
  private static final List<String> WORDS =
      List.of(
          "red", "blue", "green", "old", "new", "cat", "dog", "house", "tree", "river", "anna",
          "boris", "clara", "paris", "rome", "sees", "likes", "near", "the", "a");
  private static final WordPieces VOCABULARY = vocabulary();

  @TempDir private Path folder;

  private static WordPieces vocabulary() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    pieces.addAll(WORDS);
    return new WordPieces(pieces);
  }

  private static BertTokenizer tokenizer() {
    return new BertTokenizer(VOCABULARY, TokenizerOptions.UNCASED, TOKENS);
  }

  private static String some(Random random, int count) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      out.append(i == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return out.toString();
  }

  private ConversionResult convert(TaskData data, Pooling pooling) {
    ConversionSettings settings =
        SmallSettings.of(
            folder.resolve("work"),
            SmallSettings.source(VOCABULARY, TOKENS, SEED),
            data,
            SmallSettings.recipe(10, 3e-3),
            pooling,
            SEED);
    ConversionResult result = new Conversion(settings, SmallSettings.PRINTING, () -> false).run();
    for (StageVariant variant : result.variants()) {
      assertThat(variant.referenceError()).as("%s", variant.stage()).isLessThan(1e-5);
    }
    return result;
  }

  private ModelPackage written(StageVariant variant) {
    return ModelPackage.write(
        "other", variant.model(), Objects.requireNonNull(variant.ranges()), folder.resolve("out"));
  }

  @Test
  void pairsInTheLayoutOfRte() throws IOException {
    Random random = new Random(SEED);
    for (String part : List.of("train", "dev")) {
      StringBuilder out = new StringBuilder("index\tsentence1\tsentence2\tlabel\n");
      for (int i = 0; i < (part.equals("train") ? 2000 : 300); i++) {
        // Anna is in one of the texts: the words alone do not say in which.
        boolean inFirst = random.nextBoolean();
        String with = some(random, 2).replace("anna", "a") + " anna";
        String without = some(random, 4).replace("anna", "the");
        String first = inFirst ? with : without;
        String second = inFirst ? without : with;
        String label = inFirst ? "entailment" : "not_entailment";
        out.append(i).append('\t').append(first).append('\t').append(second);
        out.append('\t').append(label).append('\n');
      }
      Files.writeString(folder.resolve(part + ".tsv"), out);
    }
    TaskData data =
        TaskData.texts(
            GlueTask.RTE.task(),
            GlueTask.RTE.columns(),
            folder.resolve("train.tsv"),
            folder.resolve("dev.tsv"),
            tokenizer(),
            TOKENS,
            0.1,
            SEED,
            BadRows.refused(""));
    ConversionResult result = convert(data, Pooling.CLS);
    assertThat(result.of(StageName.THEX).scores().get(0).value()).isGreaterThan(0.95);
    ModelPackage written = written(result.of(StageName.THEX));
    assertThat(Objects.requireNonNull(written.manifest().task()).input())
        .isEqualTo(ModelTask.Input.PAIR);
  }

  @Test
  void valuesInTheLayoutOfStsB() throws IOException {
    Random random = new Random(SEED);
    String header =
        "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n";
    for (String part : List.of("train", "dev")) {
      StringBuilder out = new StringBuilder(header);
      for (int i = 0; i < (part.equals("train") ? 2000 : 300); i++) {
        String first = some(random, 4);
        String second = some(random, 4);
        long red = (first + " " + second).chars().filter(c -> c == 'r').count();
        out.append(i).append("\tg\tf\ty\to\ts\ts\t").append(first).append('\t').append(second);
        out.append('\t').append(Math.min(5, red / 2.0)).append('\n');
      }
      Files.writeString(folder.resolve(part + ".tsv"), out);
    }
    TaskData data =
        TaskData.texts(
            GlueTask.STSB.task(),
            GlueTask.STSB.columns(),
            folder.resolve("train.tsv"),
            folder.resolve("dev.tsv"),
            tokenizer(),
            TOKENS,
            0.1,
            SEED,
            BadRows.refused(""));
    ConversionResult result = convert(data, Pooling.MEAN);
    StageVariant thex = result.of(StageName.THEX);
    assertThat(thex.scores().get(0).name()).isEqualTo("pearson");
    assertThat(thex.scores().get(0).value()).isGreaterThan(0.9);
    ModelPackage written = written(thex);
    assertThat(written.manifest().shape().head()).isEqualTo(Head.VALUE);
    assertThat(Objects.requireNonNull(written.manifest().task()).max()).isEqualTo(5);
  }

  @Test
  void wordLabelsInCoNllColumns() throws IOException {
    Random random = new Random(SEED);
    for (String part : List.of("train", "dev")) {
      StringBuilder out = new StringBuilder("-DOCSTART- -X- O O\n\n");
      for (int i = 0; i < (part.equals("train") ? 1500 : 200); i++) {
        String before = "";
        for (String word : some(random, 3 + random.nextInt(6)).split(" ")) {
          boolean person = List.of("anna", "boris", "clara").contains(word);
          // A place is one only behind "near": the word alone does not say.
          boolean place = List.of("paris", "rome").contains(word) && before.equals("near");
          out.append(word).append(" X X ").append(person ? "B-PER" : place ? "B-LOC" : "O");
          out.append('\n');
          before = word;
        }
        out.append('\n');
      }
      Files.writeString(folder.resolve(part + ".txt"), out);
    }
    TaskData data =
        TaskData.words(
            "names",
            folder.resolve("train.txt"),
            folder.resolve("dev.txt"),
            tokenizer(),
            TOKENS,
            0.1,
            SEED,
            BadRows.refused(""));
    ConversionResult result = convert(data, Pooling.NONE);
    StageVariant thex = result.of(StageName.THEX);
    assertThat(thex.scores().get(0).name()).isEqualTo("entityF1");
    assertThat(thex.scores().get(0).value()).isGreaterThan(0.9);
    ModelPackage written = written(thex);
    assertThat(written.manifest().shape().pooling()).isEqualTo(Pooling.NONE);
    assertThat(written.manifest().shape().labels()).startsWith("O");
    assertThatThrownBy(() -> convert(data, Pooling.CLS))
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("expected none for word labels");
  }
}
