package io.cipherstream.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, reading it gives examples or a {@link DataException}, nothing else. */
class ReaderFuzzTest {

  private static final int ROUNDS = 1500;

  private static final List<String> CUTTINGS =
      List.of(
          "sentence",
          "label",
          "score",
          "sentence1",
          "sentence2",
          "\t",
          "\t",
          "\n",
          "\n",
          "\r",
          "\r\n",
          "\"",
          "\\",
          "#",
          " ",
          "0",
          "1",
          "2.5",
          "NaN",
          "1e999",
          "-DOCSTART-",
          "O",
          "B-PER",
          "\u0000",
          "\u0085",
          "\u2028",
          "\uFEFF",
          "é",
          "\uD83D\uDE00",
          "word");

  @TempDir private Path folder;

  private interface Reading {
    int examples(Path file);
  }

  private static final List<Reading> READERS =
      List.of(
          f -> new RowReader(GlueTask.SST2.task(), GlueTask.SST2.columns()).read(f).size(),
          f -> new RowReader(GlueTask.STSB.task(), GlueTask.STSB.columns()).read(f).size(),
          f -> new RowReader(GlueTask.SST2.task(), Columns.numbered(0, -1, 1)).read(f).size(),
          f -> new ConllReader().read(f, Target.WordLabels.of(List.of("O", "B-PER"))).size(),
          f -> new ConllReader().labels(f).outputs());

  @Test
  void anyFileGivesExamplesOrADataException() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("reader fuzz seed " + seed);
    Random random = new Random(seed);
    int read = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Path file =
          Files.write(
              folder.resolve(random.nextInt(3) == 0 ? "fuzz.csv" : "fuzz"), content(random));
      Reading reading = READERS.get(random.nextInt(READERS.size()));
      try {
        assertThat(reading.examples(file)).isPositive();
        read++;
      } catch (DataException e) {
        assertThat(e.getMessage()).as("seed %d round %d", seed, round).isNotBlank();
        refused++;
      } catch (RuntimeException e) {
        fail("seed " + seed + " round " + round, e);
      }
    }
    assertThat(read).as("some files are read, seed %d", seed).isPositive();
    assertThat(refused).as("some files are refused, seed %d", seed).isPositive();
  }

  private static byte[] content(Random random) {
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[random.nextInt(100)];
      random.nextBytes(noise);
      return noise;
    }
    StringBuilder text = new StringBuilder();
    if (random.nextBoolean()) {
      text.append("sentence\tlabel\nfine\t1\n");
    } else if (random.nextBoolean()) {
      text.append("word O\nother B-PER\n");
    }
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(CUTTINGS.get(random.nextInt(CUTTINGS.size())));
    }
    String table = text.toString();
    return (random.nextInt(3) == 0 ? table.replace('\t', ',') : table)
        .getBytes(StandardCharsets.UTF_8);
  }
}
