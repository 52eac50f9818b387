package io.cipherstream.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitTest {

  @TempDir private Path folder;

  private static List<TextExample> examples(int count, int distinct) {
    List<TextExample> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(new TextExample(i + 2, "text " + i % distinct, null, i % 2));
    }
    return out;
  }

  @Test
  void aSeedGivesOneSplitAndAnotherSeedAnother() {
    List<TextExample> all = examples(200, 200);
    Split<TextExample> split = Split.texts(all, 0.1, 7);
    assertThat(Split.texts(all, 0.1, 7)).isEqualTo(split);
    assertThat(Split.texts(all, 0.1, 8)).isNotEqualTo(split);
    assertThat(split.heldOut()).hasSize(20);
    assertThat(split.heldOut().stream().map(TextExample::line).limit(5))
        .as("the split of seed 7 is part of every recorded result: it must not change")
        .containsExactly(4, 10, 39, 40, 41);
  }

  @Test
  void everyExampleIsInOnePartAndNoTextInBoth() {
    long seed = new Random().nextLong();
    System.out.println("split seed " + seed);
    List<TextExample> all = examples(300, 90);
    Split<TextExample> split = Split.texts(all, 0.2, seed);
    List<TextExample> together = new ArrayList<>(split.training());
    together.addAll(split.heldOut());
    assertThat(together).containsExactlyInAnyOrderElementsOf(all);
    Set<String> trained = new HashSet<>();
    split.training().forEach(e -> trained.add(e.first()));
    assertThat(split.heldOut()).as("seed %d", seed).noneMatch(e -> trained.contains(e.first()));
    assertThat(split.heldOut()).hasSizeBetween(60, 64);
  }

  @Test
  void tooFewTextsOrAnotherShareAreRefused() {
    ExpectData.kind(DataException.Kind.EMPTY, () -> Split.texts(examples(5, 1), 0.1, 1))
        .hasMessageContaining("5 examples with 1 different texts");
    ExpectData.kind(DataException.Kind.TASK, () -> Split.texts(examples(5, 5), 0, 1));
    ExpectData.kind(DataException.Kind.TASK, () -> Split.texts(examples(5, 5), 0.6, 1));
  }

  @Test
  void devStaysAsItIsWhateverTheSeed() throws IOException {
    StringBuilder text = new StringBuilder("sentence\tlabel\n");
    for (int i = 0; i < 50; i++) {
      text.append("text ").append(i).append('\t').append(i % 2).append('\n');
    }
    Path training = Files.writeString(folder.resolve("train.tsv"), text);
    Path dev =
        Files.writeString(
            folder.resolve("dev.tsv"), "sentence\tlabel\ntext 3\t1\nnew text\t0\nother\t1\n");
    RowReader reader = new RowReader(GlueTask.SST2.task(), GlueTask.SST2.columns());
    Corpus<TextExample> one = Corpus.texts(reader, training, dev, 0.1, 1, BadRows.refused(""));
    Corpus<TextExample> two = Corpus.texts(reader, training, dev, 0.1, 2, BadRows.refused(""));
    assertThat(one.split()).isNotEqualTo(two.split());
    assertThat(one.dev()).isEqualTo(two.dev()).isEqualTo(reader.read(dev));
    assertThat(one.devTextsInTraining()).isEqualTo(1);
    assertThat(one.split().heldOut()).as("from the training file only").hasSize(5);
    assertThat(reader.read(training)).containsAll(one.split().heldOut());
  }
}
