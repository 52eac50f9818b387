package io.cipherstream.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConllReaderTest {

  /** Four columns as CoNLL-2003 has them; the sentences are made up. */
  private static final String FILE =
      "-DOCSTART- -X- -X- O\n\n"
          + "Ada NNP B-NP B-PER\nLovelace NNP I-NP I-PER\nwrote VBD B-VP O\n\n\n"
          + "\" NN O O\nOslo NNP B-NP B-LOC\n";

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("data.txt"), text);
  }

  @Test
  void documentsSentencesAndColumns() throws IOException {
    Path file = file(FILE);
    Target.WordLabels labels = new ConllReader().labels(file);
    assertThat(labels.labels()).containsExactly("O", "B-LOC", "B-PER", "I-PER");
    assertThat(new ConllReader().read(file, labels))
        .containsExactly(
            new WordsExample(3, List.of("Ada", "Lovelace", "wrote"), List.of(2, 3, 0)),
            new WordsExample(8, List.of("\"", "Oslo"), List.of(0, 1)));
    ConllReader chunks = new ConllReader(2, RowLimits.DEFAULT);
    assertThat(chunks.labels(file).labels()).containsExactly("O", "B-NP", "B-VP", "I-NP");
  }

  @Test
  void tabsCarriageReturnsAndNoLastLineEnd() throws IOException {
    Path file = file("Oslo\tB-LOC\r\n\r\nsleeps\tO");
    Target.WordLabels labels = Target.WordLabels.of(List.of("O", "B-LOC"));
    assertThat(new ConllReader().read(file, labels))
        .containsExactly(
            new WordsExample(1, List.of("Oslo"), List.of(1)),
            new WordsExample(3, List.of("sleeps"), List.of(0)));
  }

  @Test
  void errorsNameTheLineAndWhatCame() throws IOException {
    Target.WordLabels two = Target.WordLabels.of(List.of("O", "B-PER"));
    Path unknown = file(FILE);
    ExpectData.kind(DataException.Kind.LABEL, () -> new ConllReader().read(unknown, two))
        .hasMessageContaining("line 4: label 'I-PER' of word 'Lovelace'")
        .hasMessageContaining("[O, B-PER]");
    Path single = file("Oslo B-LOC\nalone\n");
    ExpectData.kind(DataException.Kind.ROW, () -> new ConllReader().read(single, two))
        .hasMessageContaining("line 2 has 1 column");
    ConllReader third = new ConllReader(3, RowLimits.DEFAULT);
    Path narrow = file("Oslo x B-LOC\n");
    ExpectData.kind(DataException.Kind.ROW, () -> third.read(narrow, two))
        .hasMessageContaining("a label in column 3");
    Path empty = file("-DOCSTART- -X- O O\n\n");
    ExpectData.kind(DataException.Kind.EMPTY, () -> new ConllReader().read(empty, two));
    ConllReader small = new ConllReader(-1, new RowLimits(1000, 100, 1, 2));
    Path run = file("a O\nb O\nc O\n");
    ExpectData.kind(DataException.Kind.TOO_LARGE, () -> small.read(run, two))
        .hasMessageContaining("more than 2 words");
    Path many = file("a O\n\nb O\n");
    ExpectData.kind(DataException.Kind.TOO_LARGE, () -> small.read(many, two))
        .hasMessageContaining("more than 1 examples");
  }

  @Test
  void sentencesThatCannotBeUsedAreLeftOutWhole() throws IOException {
    Path file = file("a O\nalone\nb O\nb\n\nc B-X\nd O\n\ne O\n");
    Target.WordLabels two = Target.WordLabels.of(List.of("O", "B-PER"));
    BadRows bad = BadRows.skipped();
    assertThat(new ConllReader().read(file, two, bad))
        .containsExactly(new WordsExample(9, List.of("e"), List.of(0)));
    assertThat(bad.listed()).hasSize(2);
    assertThat(bad.listed().get(0)).contains("line 2 has 1 column");
    assertThat(bad.listed().get(1)).contains("line 6: label 'B-X'");
    ExpectData.kind(DataException.Kind.ROW, () -> new ConllReader().read(file, two))
        .hasMessageContaining("2 rows cannot be used");
  }
}
