package io.cipherstream.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.DataException;
import io.cipherstream.workflow.data.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Tables of a user's own as they are. */
class ConvertTaskOptionsTest {

  private static final BertTokenizer TOKENIZER =
      new BertTokenizer(
          new WordPieces(
              List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "card", "late", "top", "up", ",")),
          TokenizerOptions.UNCASED,
          20);

  @TempDir private Path folder;

  private TaskData read(String... options) {
    List<String> all = new ArrayList<>(List.of("--data", folder.toString(), "--held-out", "0.5"));
    all.addAll(List.of(options));
    ConvertTaskOptions parsed =
        CommandLine.populateCommand(new ConvertTaskOptions(), all.toArray(String[]::new));
    parsed.check(false);
    return parsed.read(TOKENIZER, 20, BadRows.refused(""));
  }

  private void files(String train, String dev) throws IOException {
    Files.writeString(folder.resolve("train.csv"), train);
    Files.writeString(folder.resolve("dev.csv"), dev);
  }

  @Test
  void classesThatAreNotNamedAreThoseOfTheTrainingFile() throws IOException {
    files(
        "text,category\n\"card, late\",card_late\ntop up,top_up\nup,top_up\n",
        "text,category\ntop,top_up\n");
    TaskData data =
        read("--task", "banking", "--text-column", "text", "--target-column", "category");
    assertThat(data.labels()).containsExactly("card_late", "top_up");
    assertThat(data.dev()).singleElement().satisfies(e -> assertThat(e.targets()).contains(1.0));
    assertThat(data.training().size() + data.heldOut().size()).isEqualTo(3);
    assertThatThrownBy(
            () ->
                read(
                    "--task=banking",
                    "--text-column=text",
                    "--target-column=category",
                    "--labels=card_late,other"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("label 'top_up' is unknown");
  }

  @Test
  void aTaskWithoutItsColumnsIsRefused() throws IOException {
    files("text,category\ncard,a\ntop,b\n", "text,category\nup,a\n");
    assertThatThrownBy(() -> read("--task", "banking"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no column 'sentence'")
        .hasMessageContaining("text | category");
  }

  @Test
  void withoutAHeaderTheTextsComeFirst() throws IOException {
    files("card,\"late, card\",4.5\ntop,up,0\n", "up,top,2.25\n");
    TaskData data = read("--task", "stsb", "--no-header");
    assertThat(data.task().pair()).isTrue();
    assertThat(data.task().target()).isEqualTo(new Target.Value(0, 5));
    assertThat(data.dev()).singleElement().satisfies(e -> assertThat(e.targets()).contains(2.25));
    assertThat(read("--task=own", "--values=0,5", "--no-header", "--target-column=2").dev())
        .singleElement()
        .satisfies(e -> assertThat(e.targets()).contains(2.25));
  }
}
