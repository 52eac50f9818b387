package io.cipherstream.workflow.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.ConversionSettings;
import io.cipherstream.workflow.convert.ExactTeacher;
import io.cipherstream.workflow.convert.Miniature;
import io.cipherstream.workflow.convert.SmallSettings;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StageVariant;
import io.cipherstream.workflow.convert.StudentSize;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.convert.TaskScores;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Hardening;
import io.cipherstream.workflow.train.RangeLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From CoNLL columns to a sealed package that labels words. */
@Tag("training")
@Tag("slow")
class SealedWordsTest {

  private static final long SEED = 1;
  private static final int TOKENS = 16;
  private static final List<String> WORDS =
      List.of("anna", "boris", "paris", "rome", "near", "met", "saw", "the", "old", "red");
  private static final WordPieces PIECES =
      new WordPieces(
          Stream.concat(Stream.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), WORDS.stream())
              .toList());

  @TempDir private Path folder;

  private TaskData data() throws IOException {
    Random random = new Random(SEED);
    for (String part : List.of("train", "dev")) {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < (part.equals("train") ? 800 : 100); i++) {
        String before = "";
        for (int w = 3 + random.nextInt(6); w > 0; w--) {
          String word = WORDS.get(random.nextInt(WORDS.size()));
          boolean person = List.of("anna", "boris").contains(word);
          // A place is one only behind such a word: alone it does not say.
          boolean place =
              List.of("paris", "rome").contains(word)
                  && List.of("near", "the", "old", "red").contains(before);
          out.append(word).append('\t').append(person ? "B-PER" : place ? "B-LOC" : "O");
          out.append('\n');
          before = word;
        }
        out.append('\n');
      }
      Files.writeString(folder.resolve(part + ".tsv"), out);
    }
    return TaskData.words(
        "names",
        folder.resolve("train.tsv"),
        folder.resolve("dev.tsv"),
        new BertTokenizer(PIECES, TokenizerOptions.UNCASED, TOKENS),
        TOKENS,
        0.1,
        SEED,
        BadRows.refused(""));
  }

  private SealedSettings settings(TaskData data, Pooling pooling, String... specs) {
    ConversionSettings teacher =
        SmallSettings.of(
            folder.resolve("work"),
            SmallSettings.source(PIECES, TOKENS, SEED),
            data,
            SmallSettings.recipe(8, 5e-3),
            pooling,
            SEED);
    Hardening hard = new Hardening(0.05, RangeLimits.HARDENED, 60, 15);
    return new SealedSettings(
        teacher,
        new SealedRecipe(
            List.of(new SealedRecipe.Phase("train", 15, 5e-3, hard)), 32, 0, 100, 60, 15, 2),
        new StudentSize(2, 16, 2, 32),
        Stream.of(specs).map(SealedSpec::parse).toList(),
        List.of(SEED),
        List.of(),
        null,
        0);
  }

  @Test
  void aWindowLearnsLabelsThatTheWordAloneDoesNotSay() throws IOException {
    TaskData data = data();
    SealedSettings settings = settings(data, Pooling.NONE, "CT", "CT-kan2");
    SealedChoice choice = new SealedConversion(settings, new Quiet(), () -> false).run();
    Score f1 = choice.kept().dev().get(0);
    int vocabulary = settings.teacher().source().embeddings().vocabulary();
    TaskScores scores = new TaskScores(data.task().target(), SEED);
    Score control =
        scores.all(scores.control(data.training(), data.dev(), vocabulary), data.dev()).get(0);
    choice.trials().forEach(trial -> System.out.println(trial.title() + " " + trial.dev().get(0)));
    System.out.println("control " + control);
    assertThat(f1.name()).isEqualTo("entityF1");
    assertThat(choice.trials())
        .as("with neurons and with edges")
        .hasSize(2)
        .allSatisfy(
            trial ->
                assertThat(trial.dev().get(0).value())
                    .as(trial.title())
                    .isGreaterThan(0.95)
                    .isGreaterThan(control.value() + 0.1));

    new SealedPacking(settings).write("names", choice.kept(), folder.resolve("models/names"));
    SealedPackage read =
        SealedPackage.of(new ModelRepository(List.of(folder.resolve("models"))).find("names"));
    assertThat(read.files().manifest().modes()).containsExactly("sealed");
    assertThat(read.files().manifest().shape().labels()).isEqualTo(data.labels());
    assertThat(read.manifest().certificate()).isNotNull();
    for (Example example : data.dev().subList(0, 5)) {
      double[][] x = read.files().client().embeddings().embed(example.ids());
      assertThat(read.plaintext().rows(x))
          .hasNumberOfRows(example.length())
          .isDeepEqualTo(new SealedPass(choice.kept().encoder()).rows(x));
    }
    assertThatThrownBy(() -> settings(data, Pooling.NONE, "CQ"))
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("spec CQ for task names: expected CT");
    assertThatThrownBy(
            () ->
                settings(Miniature.data(folder.resolve("texts"), 40, 10, SEED), Pooling.CLS, "CT"))
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("only a task of word labels");
  }

  /** Nothing is shown. */
  private static final class Quiet implements SealedListener {
    @Override
    public void stage(StageName stage, boolean done) {}

    @Override
    public void teacher(ExactTeacher teacher) {}

    @Override
    public void phase(SealedSpec spec, long seed, String name) {}

    @Override
    public void trial(SealedTrial trial) {}

    @Override
    public void step(long step, long all, double loss, double secondsLeft, double heldOut) {}

    @Override
    public void work(String what, double share) {}

    @Override
    public void variant(StageVariant variant) {}
  }
}
