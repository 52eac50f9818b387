package io.cipherstream.cli.ask;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Question;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.DataException;
import io.cipherstream.workflow.data.TextLines;
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
          "A UTF-8 file with one text per line, - for standard input; empty lines are refused.")
  private @Nullable Path file;

  /**
   * One text and its origin.
   *
   * @param second the second text of a pair; null if it was not given separately
   * @param origin empty, or file and line
   * @param line line of its file, from 1; 0 for a text of the command line
   */
  record Origin(String text, @Nullable String second, String origin, int line) {

    Origin(String text, String origin) {
      this(text, null, origin, 0);
    }

    /** Adds the line, for a text of a file. */
    void addLineTo(ObjectNode json) {
      if (line > 0) {
        json.put("line", line);
      }
    }

    /**
     * The question in the form that the model takes. A text with one tab is a pair if the model
     * takes only pairs. For a model of words it is a JSON array of strings, or words separated by
     * white space.
     *
     * @param input what the model takes; empty if it takes texts and pairs
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
   * All texts in order, with their second texts where given.
   *
   * @param seconds the second texts of those given with --text, in their order, or none
   * @param tabs whether each line of the file is a pair with a tab between its texts
   * @param bad takes the lines of the file that cannot be used
   * @throws CliException if there is no text, if one of the command line is empty or not UTF-8, or
   *     if the numbers of first and second texts differ
   */
  List<Origin> read(List<String> seconds, boolean tabs, BadRows bad) {
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
      check(firsts.get(i), origin.isEmpty() ? "the text" : origin);
      String second = seconds.isEmpty() ? null : seconds.get(i);
      if (second != null) {
        check(second, origin.isEmpty() ? "the second text" : origin);
      }
      all.add(new Origin(firsts.get(i), second, origin, 0));
    }
    if (file != null) {
      boolean standardInput = file.toString().equals("-");
      String name = standardInput ? "standard input" : file.toString();
      try (TextLines lines = standardInput ? TextInput.lines(System.in) : TextInput.lines(file)) {
        read(name, lines, tabs, all, bad);
      }
    }
    if (all.isEmpty()) {
      bad.settle();
      throw file == null
          ? new CliException(ExitCodes.USAGE, "no text: give --text T or --file F")
          : CliException.badInput(file + ": none of its lines can be used:" + bad.text());
    }
    return all;
  }

  private static void read(
      String name, TextLines lines, boolean tabs, List<Origin> all, BadRows bad) {
    int count = 0;
    for (TextLines.Line line = lines.next(); line != null; line = lines.next()) {
      count++;
      try {
        all.add(origin(line, name + " line " + line.number(), tabs));
      } catch (DataException e) {
        bad.add(e);
      }
    }
    if (count == 0) {
      throw CliException.badInput(name + " is empty: expected one text per line");
    }
  }

  private static Origin origin(TextLines.Line line, String where, boolean tabs) {
    String text = line.get();
    if (!tabs) {
      return new Origin(notEmpty(text, where), null, where, line.number());
    }
    int tab = text.indexOf('\t');
    if (tab < 0 || text.indexOf('\t', tab + 1) >= 0) {
      throw new DataException(
          DataException.Kind.ROW, where + ": expected a text, one tab and a second text (--pairs)");
    }
    return new Origin(
        notEmpty(text.substring(0, tab), where),
        notEmpty(text.substring(tab + 1), where),
        where,
        line.number());
  }

  private static String notEmpty(String text, String where) {
    if (text.isBlank()) {
      throw new DataException(
          DataException.Kind.TEXT, where + " is empty: expected at least one word");
    }
    return text;
  }

  private static void check(String text, String where) {
    if (text.isBlank()) {
      throw CliException.badInput(where + " is empty: expected at least one word");
    }
    // Java replaces invalid UTF-8 of an argument by U+FFFD; a file may really contain it.
    if (text.indexOf('\uFFFD') >= 0) {
      throw CliException.badInput(
          where
              + " is not UTF-8, or contains U+FFFD, which marks broken text; a text in a file"
              + " (--file) may contain it");
    }
  }
}
