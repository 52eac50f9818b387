package io.cipherstream.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One example of an evaluation.
 *
 * @param line line number in its file, from 1
 * @param label as the file has it: a class index or a label's name
 */
record LabelledText(int line, String text, String label) {

  private static final String HEADER = "sentence\tlabel";

  /**
   * Reads a tab-separated file whose first line is {@code sentence<TAB>label}.
   *
   * @throws CliException if the header or a line is anything else
   */
  static List<LabelledText> read(Path file) {
    List<String> lines = TextInput.lines(file);
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw CliException.badInput(
          file
              + " line 1: expected the header 'sentence<TAB>label', received "
              + (lines.isEmpty() ? "an empty file" : "'" + shortened(lines.get(0)) + "'"));
    }
    List<LabelledText> examples = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      int tab = line.indexOf('\t');
      if (tab < 0 || line.indexOf('\t', tab + 1) >= 0 || tab == line.length() - 1) {
        throw CliException.badInput(
            file + " line " + (i + 1) + ": expected a sentence, one tab and a label");
      }
      examples.add(
          new LabelledText(i + 1, line.substring(0, tab), line.substring(tab + 1).strip()));
    }
    if (examples.isEmpty()) {
      throw CliException.badInput(file + " has a header and no examples");
    }
    return examples;
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  /**
   * The class this example belongs to.
   *
   * @throws CliException if the label is neither an index nor a name of the model
   */
  int labelIndex(List<String> labels, Path file) {
    int named = labels.indexOf(label);
    if (named >= 0) {
      return named;
    }
    try {
      int index = Integer.parseInt(label);
      if (index >= 0 && index < labels.size()) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Neither a name nor a number: refused below.
    }
    throw CliException.badInput(
        file
            + " line "
            + line
            + ": label '"
            + label
            + "': expected one of "
            + labels
            + " or an index below "
            + labels.size());
  }
}
