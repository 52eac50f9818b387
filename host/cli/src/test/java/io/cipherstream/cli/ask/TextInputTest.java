package io.cipherstream.cli.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Question;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.TextLines;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TextInputTest {

  @TempDir private Path folder;

  @Test
  void readsLinesWithEitherEndAndWithoutTheMark() throws IOException {
    assertThat(
            texts(
                TextInput.lines(file("\uFEFFone\r\ntwo\n\nfür".getBytes(StandardCharsets.UTF_8)))))
        .containsExactly("one", "two", "", "für");
  }

  @Test
  void standardInputIsReadLikeAFile() {
    byte[] good = "one\ntwo\r\n".getBytes(StandardCharsets.UTF_8);
    assertThat(texts(TextInput.lines(new ByteArrayInputStream(good))))
        .containsExactly("one", "two");
    byte[] bad = {'a', '\n', (byte) 0xff};
    assertThatThrownBy(() -> texts(TextInput.lines(new ByteArrayInputStream(bad))))
        .hasMessageContaining("standard input line 2");
  }

  @Test
  void wordsAreAnArrayOrWhatWhiteSpaceSeparates() {
    assertThat(WordText.words("[\"New York\", \"is\"]").words()).containsExactly("New York", "is");
    assertThat(WordText.words("New York is").words()).containsExactly("New", "York", "is");
    for (String text : List.of("[1, 2]", "[laughs] ok", "[\"a\", [\"b\"]]", "[\"a\"] b")) {
      assertThat(WordText.words(text).words()).containsExactly(text.split(" "));
    }
  }

  @Test
  void tabMakesAPairWhereTheModelTakesPairsOnly() {
    TextOptions.Origin line = new TextOptions.Origin("a b\tc", "");
    assertThat(line.question(Optional.of(ModelTask.Input.PAIR)))
        .isEqualTo(new Question.Pair("a b", "c"));
    assertThat(line.question(Optional.empty())).isEqualTo(new Question.Text("a b\tc"));
    assertThat(line.question(Optional.of(ModelTask.Input.WORDS)))
        .isEqualTo(new Question.Words(List.of("a", "b", "c")));
  }

  @Test
  void notUtf8NamesTheLineAndByte() throws IOException {
    Path file = file(new byte[] {'a', '\n', 'b', 'c', (byte) 0xff, '\n'});
    assertThatThrownBy(() -> texts(TextInput.lines(file)))
        .hasMessageContaining("line 2, byte 3")
        .hasMessageContaining("not UTF-8")
        .extracting(ExitCodes::of)
        .isEqualTo(ExitCodes.BAD_INPUT);
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> TextInput.lines(folder.resolve("none.txt")))
        .hasMessageContaining("none.txt")
        .hasMessageContaining("no file");
  }

  @Test
  void aReplacementCharacterInAFileIsTextAndBrokenBytesAreNot() throws IOException {
    byte[] lines = "good \uFFFD one\nfine\nbad X\n".getBytes(StandardCharsets.UTF_8);
    lines[lines.length - 2] = (byte) 0xE9;
    Path file = file(lines);
    BadRows skipped = BadRows.skipped();
    assertThat(read(skipped, file, false))
        .extracting(TextOptions.Origin::text)
        .containsExactly("good \uFFFD one", "fine");
    assertThat(skipped.reasons()).isEqualTo(Map.of("encoding", 1));
    assertThat(skipped.listed().get(0)).contains("line 3, byte 5");
  }

  @Test
  void allLinesThatCannotBeUsedAreNamedTogether() throws IOException {
    Path file = file("a\tb\none\n\n \tb\nc\td\n".getBytes(StandardCharsets.UTF_8));
    BadRows refused = BadRows.refused("leave them out");
    assertThat(read(refused, file, true)).hasSize(2);
    assertThatThrownBy(refused::settle)
        .hasMessageContaining("3 rows cannot be used")
        .hasMessageContaining("line 2: expected a text, one tab")
        .hasMessageContaining("line 3:")
        .hasMessageContaining("line 4 is empty")
        .hasMessageContaining("leave them out")
        .extracting(ExitCodes::of)
        .isEqualTo(ExitCodes.BAD_INPUT);
    Path none = file("\n\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> read(BadRows.skipped(), none, false))
        .hasMessageContaining("none of its lines");
  }

  private static List<TextOptions.Origin> read(BadRows bad, Path file, boolean pairs) {
    TextOptions options = new TextOptions();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("t", spec(options)))
        .parseArgs("--file", file.toString());
    return options.read(List.of(), pairs, bad);
  }

  private static CommandLine.Model.CommandSpec spec(TextOptions options) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
  }

  private static List<String> texts(TextLines lines) {
    List<String> texts = new ArrayList<>();
    try (lines) {
      for (TextLines.Line line = lines.next(); line != null; line = lines.next()) {
        texts.add(line.get());
      }
    }
    return texts;
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("input"), content);
  }
}
