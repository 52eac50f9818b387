package io.cipherstream.workflow.miniature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.workflow.control.ControlModel;
import io.cipherstream.workflow.data.EncodedText;
import io.cipherstream.workflow.data.PieceEncoder;
import io.cipherstream.workflow.data.RowReader;
import io.cipherstream.workflow.data.TextExample;
import io.cipherstream.workflow.metric.ClassMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgreementTaskTest {

  private static final PieceEncoder ENCODER =
      new PieceEncoder(
          new BertTokenizer(AgreementTask.vocabulary(), TokenizerOptions.UNCASED, 16), 16);

  @TempDir private Path folder;

  private static List<EncodedText> encode(List<TextExample> examples) {
    return examples.stream().map(ENCODER::encode).toList();
  }

  @Test
  void aBagOfWordsIsRightOnExactlyHalfAndTheRuleOnAll() {
    long seed = new Random().nextLong();
    System.out.println("agreement seed " + seed);
    AgreementTask.Parts parts = AgreementTask.draw(4000, 600, seed);
    double[] targets = parts.training().stream().mapToDouble(TextExample::target).toArray();
    ControlModel control =
        ControlModel.train(
            encode(parts.training()),
            targets,
            AgreementTask.task().target(),
            (int) AgreementTask.vocabulary().size());
    int[] truth = parts.dev().stream().mapToInt(TextExample::label).toArray();
    int[] guessed = control.classes(encode(parts.dev()));
    assertThat(new ClassMetrics(2, truth, guessed).accuracy())
        .as("control, seed %d", seed)
        .isCloseTo(0.5, within(1e-12));
    int[] ruled = parts.dev().stream().mapToInt(e -> AgreementTask.answer(e.first())).toArray();
    assertThat(new ClassMetrics(2, truth, ruled).accuracy()).as("rule").isEqualTo(1);
  }

  @Test
  void everyBagStandsOnceWithEachAnswer() {
    long seed = new Random().nextLong();
    System.out.println("agreement seed " + seed);
    AgreementTask.Parts parts = AgreementTask.draw(1000, 200, seed);
    for (List<TextExample> part : List.of(parts.training(), parts.dev())) {
      Map<List<String>, int[]> answers = new HashMap<>();
      for (TextExample e : part) {
        List<String> bag = Arrays.stream(e.first().split(" ")).sorted().toList();
        answers.computeIfAbsent(bag, b -> new int[2])[e.label()]++;
      }
      assertThat(answers.values()).as("seed %d", seed).allMatch(a -> a[0] == a[1] && a[0] > 0);
    }
    Set<String> trained = new HashSet<>();
    parts.training().forEach(e -> trained.add(e.first()));
    assertThat(trained).as("no sentence twice").hasSize(1000);
    assertThat(parts.dev()).as("seed %d", seed).noneMatch(e -> trained.contains(e.first()));
    assertThat(parts.training())
        .as("seed %d", seed)
        .allMatch(e -> e.first().split(" ").length >= 7 && e.first().split(" ").length <= 10);
  }

  @Test
  void aSeedGivesTheSameExamplesOnEveryMachine() {
    AgreementTask.Parts parts = AgreementTask.draw(10, 4, 1);
    assertThat(AgreementTask.draw(10, 4, 1)).isEqualTo(parts);
    assertThat(AgreementTask.draw(10, 4, 2)).isNotEqualTo(parts);
    assertThat(parts.training().get(0))
        .isEqualTo(new TextExample(2, "the drawer behind the keys still are safe", null, 0));
  }

  @Test
  void theRuleLooksAtTheFirstNounOnly() {
    assertThat(AgreementTask.answer("the key near the cabinets is missing")).isEqualTo(1);
    assertThat(AgreementTask.answer("the keys near the old cabinet is missing")).isZero();
    assertThat(AgreementTask.answer("the small keys near the cabinet still are new")).isEqualTo(1);
    assertThatThrownBy(() -> AgreementTask.answer("the key sings"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no verb");
    assertThatThrownBy(() -> AgreementTask.answer("it is new")).hasMessageContaining("no noun");
  }

  @Test
  void everyWordIsOneWordPiece() {
    AgreementTask.Parts parts = AgreementTask.draw(500, 2, 3);
    int unknown = (int) AgreementTask.vocabulary().getIndex("[UNK]");
    for (TextExample e : parts.training()) {
      int[] ids = ENCODER.encode(e).ids();
      assertThat(ids).hasSize(e.first().split(" ").length + 2).doesNotContain(unknown);
    }
  }

  @Test
  void theFilesReadBackAsWhatWasDrawn() throws IOException {
    AgreementTask.Parts parts = AgreementTask.draw(20, 6, 5);
    parts.write(folder);
    RowReader reader = new RowReader(AgreementTask.task(), AgreementTask.columns());
    assertThat(reader.read(folder.resolve("train.tsv"))).isEqualTo(parts.training());
    assertThat(reader.read(folder.resolve("dev.tsv"))).isEqualTo(parts.dev());
  }

  @Test
  void numbersThatCannotBeDrawn() {
    for (int[] numbers : new int[][] {{3, 2}, {2, 3}, {0, 2}, {99_998, 4}}) {
      assertThatThrownBy(() -> AgreementTask.draw(numbers[0], numbers[1], 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected even numbers");
    }
  }
}
