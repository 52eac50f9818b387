package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Question;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextInputTest {

  @TempDir private Path folder;

  @Test
  void readsLinesWithEitherEndAndWithoutTheMark() throws IOException {
    assertThat(TextInput.lines(file("\uFEFFone\r\ntwo\n\nfür".getBytes(StandardCharsets.UTF_8))))
        .containsExactly("one", "two", "", "für");
  }

  @Test
  void standardInputIsReadLikeAFile() {
    byte[] good = "one\ntwo\r\n".getBytes(StandardCharsets.UTF_8);
    assertThat(TextInput.lines(new ByteArrayInputStream(good))).containsExactly("one", "two");
    byte[] bad = {'a', '\n', (byte) 0xff};
    assertThatThrownBy(() -> TextInput.lines(new ByteArrayInputStream(bad)))
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
    assertThatThrownBy(() -> TextInput.lines(file))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("line 2, byte 3")
        .hasMessageContaining("not UTF-8")
        .extracting(ExitCodes::of)
        .isEqualTo(ExitCodes.BAD_INPUT);
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> TextInput.lines(folder.resolve("none.txt")))
        .hasMessageContaining("none.txt")
        .hasMessageContaining("no such file");
  }

  @Test
  void labelledTextNeedsItsHeader() throws IOException {
    Path file = file("text\tlabel\na\t1\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> LabelledText.read(file))
        .hasMessageContaining("line 1")
        .hasMessageContaining("sentence<TAB>label");
  }

  @Test
  void labelledTextTakesIndexesAndNames() throws IOException {
    Path file = file("sentence\tlabel\ngood \t1\nbad\tnegative\n".getBytes(StandardCharsets.UTF_8));
    List<LabelledText> examples = LabelledText.read(file);
    List<String> labels = List.of("negative", "positive");
    assertThat(examples).extracting(LabelledText::text).containsExactly("good ", "bad");
    assertThat(examples).extracting(e -> e.labelIndex(labels, file)).containsExactly(1, 0);
  }

  @Test
  void labelledTextRefusesOtherColumnsAndLabels() throws IOException {
    Path columns = file("sentence\tlabel\na\tb\tc\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> LabelledText.read(columns)).hasMessageContaining("line 2");
    LabelledText odd = new LabelledText(7, "text", "2");
    assertThatThrownBy(() -> odd.labelIndex(List.of("no", "yes"), columns))
        .hasMessageContaining("line 7")
        .hasMessageContaining("[no, yes]");
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("input"), content);
  }
}
