package io.cipherstream.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The texts a command works on, checked before anything is started or sent. */
final class TextOptions {

  @Option(names = "--text", paramLabel = "T", description = "A text; may be given several times.")
  private @Nullable List<String> texts;

  @Option(
      names = "--file",
      paramLabel = "F",
      description = "A UTF-8 file with one text a line; empty lines are an error.")
  private @Nullable Path file;

  /**
   * One text and where it came from.
   *
   * @param origin empty, or file and line
   */
  record Origin(String text, String origin) {}

  /**
   * All texts in order.
   *
   * @throws CliException if there is none, or one is empty or not UTF-8
   */
  List<Origin> read() {
    List<Origin> all = new ArrayList<>();
    if (texts != null) {
      for (int i = 0; i < texts.size(); i++) {
        all.add(new Origin(texts.get(i), texts.size() == 1 ? "" : "text " + (i + 1)));
      }
    }
    if (file != null) {
      List<String> lines = TextInput.lines(file);
      for (int i = 0; i < lines.size(); i++) {
        all.add(new Origin(lines.get(i), file + " line " + (i + 1)));
      }
      if (lines.isEmpty()) {
        throw CliException.badInput(file + " is empty: expected one text a line");
      }
    }
    if (all.isEmpty()) {
      throw new CliException(ExitCodes.USAGE, "no text: give --text T or --file F");
    }
    for (Origin text : all) {
      check(text);
    }
    return all;
  }

  private static void check(Origin text) {
    String where = text.origin().isEmpty() ? "the text" : text.origin();
    if (text.text().isBlank()) {
      throw CliException.badInput(where + " is empty: expected at least one word");
    }
    // Java puts U+FFFD where an argument's bytes are no valid UTF-8.
    if (text.text().indexOf('\uFFFD') >= 0) {
      throw CliException.badInput(
          where + " is not UTF-8 (or holds U+FFFD, which stands for broken text)");
    }
  }
}
