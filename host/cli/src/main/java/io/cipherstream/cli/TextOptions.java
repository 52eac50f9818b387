package io.cipherstream.cli;

import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Question;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The texts a command works on, checked before anything is started or sent. */
final class TextOptions {

  @Option(names = "--text", paramLabel = "T", description = "A text; may be given several times.")
  private @Nullable List<String> texts;

  @Option(
      names = "--file",
      paramLabel = "F",
      description =
          "A UTF-8 file with one text a line, - for standard input; empty lines are an error.")
  private @Nullable Path file;

  /**
   * One text and where it came from.
   *
   * @param second a pair's second text, null where it was not given apart from the first
   * @param origin empty, or file and line
   */
  record Origin(String text, @Nullable String second, String origin) {

    Origin(String text, String origin) {
      this(text, null, origin);
    }

    /** The same with another second text. */
    Origin with(String first, String other) {
      return new Origin(first, other, origin);
    }

    /**
     * What is asked, as the model takes it: a text with one tab is a pair where the model takes
     * nothing else; for a model of words a JSON array of strings, or what white space separates.
     *
     * @param input what the model takes; empty where texts and pairs do
     */
    Question question(Optional<ModelTask.Input> input) {
      if (second != null) {
        return new Question.Pair(text, second);
      }
      if (input.equals(Optional.of(ModelTask.Input.WORDS))) {
        return WordText.words(text);
      }
      int tab = text.indexOf('\t');
      boolean one = tab >= 0 && text.indexOf('\t', tab + 1) < 0;
      return one && input.equals(Optional.of(ModelTask.Input.PAIR))
          ? new Question.Pair(text.substring(0, tab), text.substring(tab + 1))
          : new Question.Text(text);
    }
  }

  /**
   * All texts in order.
   *
   * @throws CliException if there is none, or one is empty or not UTF-8
   */
  List<Origin> read() {
    return read(List.of(), false);
  }

  /**
   * All texts in order, with a second one each where seconds were given.
   *
   * @param seconds the second texts of those given with --text, in their order, or none
   * @param tabs whether each line of the file is a pair with a tab between its texts
   * @throws CliException if there is none, one is empty or not UTF-8, or there are not as many
   *     second texts as first ones
   */
  List<Origin> read(List<String> seconds, boolean tabs) {
    List<Origin> all = new ArrayList<>();
    List<String> firsts = texts == null ? List.of() : texts;
    if (!seconds.isEmpty() && seconds.size() != firsts.size()) {
      throw new CliException(
          ExitCodes.USAGE,
          firsts.size()
              + " times --text and "
              + seconds.size()
              + " times --pair: expected a second text for each, or none");
    }
    for (int i = 0; i < firsts.size(); i++) {
      String origin = firsts.size() == 1 ? "" : "text " + (i + 1);
      all.add(new Origin(firsts.get(i), seconds.isEmpty() ? null : seconds.get(i), origin));
    }
    if (file != null) {
      boolean standardInput = file.toString().equals("-");
      String name = standardInput ? "standard input" : file.toString();
      List<String> lines = standardInput ? TextInput.lines(System.in) : TextInput.lines(file);
      for (int i = 0; i < lines.size(); i++) {
        Origin line = new Origin(lines.get(i), name + " line " + (i + 1));
        all.add(tabs ? split(line) : line);
      }
      if (lines.isEmpty()) {
        throw CliException.badInput(name + " is empty: expected one text a line");
      }
    }
    if (all.isEmpty()) {
      throw new CliException(ExitCodes.USAGE, "no text: give --text T or --file F");
    }
    for (Origin text : all) {
      check(text.text(), text.origin());
      if (text.second() != null) {
        check(text.second(), text.origin().isEmpty() ? "the second text" : text.origin());
      }
    }
    return all;
  }

  private static Origin split(Origin line) {
    int tab = line.text().indexOf('\t');
    if (tab < 0 || line.text().indexOf('\t', tab + 1) >= 0) {
      throw CliException.badInput(
          line.origin() + ": expected a text, one tab and a second text (--pairs)");
    }
    return line.with(line.text().substring(0, tab), line.text().substring(tab + 1));
  }

  private static void check(String text, String origin) {
    String where = origin.isEmpty() ? "the text" : origin;
    if (text.isBlank()) {
      throw CliException.badInput(where + " is empty: expected at least one word");
    }
    // Java puts U+FFFD where an argument's bytes are no valid UTF-8.
    if (text.indexOf('\uFFFD') >= 0) {
      throw CliException.badInput(
          where + " is not UTF-8 (or holds U+FFFD, which stands for broken text)");
    }
  }
}
