package io.cipherstream.workflow.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads CoNLL columns: one word a line, columns separated by white space, a blank line between
 * sentences, {@code -DOCSTART-} lines left out. The word is the first column, the label the last
 * (or a given one).
 */
public final class ConllReader {

  /** The label of words outside every entity. */
  public static final String OUTSIDE = "O";

  private static final String DOCUMENT = "-DOCSTART-";

  private final int labelColumn;
  private final RowLimits limits;

  /** Label in the last column, {@link RowLimits#DEFAULT}. */
  public ConllReader() {
    this(-1, RowLimits.DEFAULT);
  }

  /**
   * @param labelColumn column of the label from 0, or -1 for the last
   */
  public ConllReader(int labelColumn, RowLimits limits) {
    this.labelColumn = labelColumn;
    this.limits = limits;
  }

  /** A sentence: the lines between two blank lines. Its first fault makes it unusable. */
  private static final class Sentence {
    final int line;
    final List<String> words = new ArrayList<>();
    final List<String> labels = new ArrayList<>();
    @Nullable DataException fault;

    Sentence(int line) {
      this.line = line;
    }

    void fault(DataException found) {
      fault = fault == null ? found : fault;
    }
  }

  /**
   * The labels of a file: O first, the others in order of their characters.
   *
   * @throws DataException as {@link #read(Path, Target.WordLabels)}, but for LABEL
   */
  public Target.WordLabels labels(Path file) {
    BadRows bad = BadRows.refused("");
    Target.WordLabels labels = labels(file, bad);
    bad.settle();
    return labels;
  }

  /**
   * The labels of a file's sentences that can be used.
   *
   * @param bad takes the others
   * @throws DataException as {@link #read(Path, Target.WordLabels, BadRows)}
   */
  public Target.WordLabels labels(Path file, BadRows bad) {
    TreeSet<String> found = new TreeSet<>();
    sentences(file, bad).forEach(s -> found.addAll(s.labels));
    found.remove(OUTSIDE);
    List<String> labels = new ArrayList<>(List.of(OUTSIDE));
    labels.addAll(found);
    return Target.WordLabels.of(labels);
  }

  /**
   * The sentences of a file, of which every one must be usable.
   *
   * @throws DataException as {@link #read(Path, Target.WordLabels, BadRows)}, or naming the
   *     sentences that cannot be used
   */
  public List<WordsExample> read(Path file, Target.WordLabels target) {
    BadRows bad = BadRows.refused("");
    List<WordsExample> examples = read(file, target, bad);
    bad.settle();
    return examples;
  }

  /**
   * The sentences of a file.
   *
   * @param bad takes the sentences that cannot be used, each by its first fault: of kind ROW,
   *     LABEL, TOO_LARGE or ENCODING
   * @throws DataException of kind NOT_FOUND, EMPTY, TOO_LARGE or IO
   */
  public List<WordsExample> read(Path file, Target.WordLabels target, BadRows bad) {
    List<WordsExample> out = new ArrayList<>();
    for (Sentence sentence : sentences(file, bad)) {
      List<Integer> labels = new ArrayList<>();
      for (int i = 0; i < sentence.labels.size() && sentence.fault == null; i++) {
        int index = target.indexOf(sentence.labels.get(i));
        if (index < 0) {
          sentence.fault(unknown(file, sentence, i, target));
        }
        labels.add(index);
      }
      if (sentence.fault == null) {
        out.add(new WordsExample(sentence.line, sentence.words, labels));
      } else {
        bad.add(sentence.fault);
      }
    }
    if (out.isEmpty()) {
      throw empty(file.toString(), bad);
    }
    return List.copyOf(out);
  }

  private static DataException unknown(
      Path file, Sentence sentence, int word, Target.WordLabels target) {
    return new DataException(
        DataException.Kind.LABEL,
        file
            + " line "
            + (sentence.line + word)
            + ": label '"
            + TextLines.shortened(sentence.labels.get(word))
            + "' of word '"
            + TextLines.shortened(sentence.words.get(word))
            + "': expected one of "
            + target.labels());
  }

  /** Settles bad sentences, or refuses a file without sentences. */
  private static DataException empty(String file, BadRows bad) {
    bad.settle();
    return new DataException(
        DataException.Kind.EMPTY,
        file
            + " has no sentence: expected lines of a word, white space and a label"
            + (bad.count() == 0 ? "" : "; none of its sentences can be used:" + bad.text()));
  }

  /** The sentences without a fault so far; those with one go to bad. */
  private List<Sentence> sentences(Path file, BadRows bad) {
    List<Sentence> out = new ArrayList<>();
    try (TextLines lines = TextLines.open(file, limits)) {
      Sentence open = new Sentence(1);
      for (TextLines.Line line = lines.next(); line != null; line = lines.next()) {
        DataException fault = line.fault();
        if (fault != null) {
          open.fault(fault);
        } else if (line.text().isBlank() || line.text().startsWith(DOCUMENT)) {
          close(file, open, out, bad);
          open = new Sentence(line.number() + 1);
        } else if (open.fault == null) {
          add(file + " line " + line.number(), line.text().strip().split("\\s+"), open);
        }
      }
      close(file, open, out, bad);
    }
    if (out.isEmpty()) {
      throw empty(file.toString(), bad);
    }
    return out;
  }

  private void close(Path file, Sentence sentence, List<Sentence> out, BadRows bad) {
    if (sentence.fault != null) {
      bad.add(sentence.fault);
    } else if (!sentence.words.isEmpty()) {
      if (out.size() == limits.examplesMax()) {
        throw limits.tooMany(file.toString());
      }
      out.add(sentence);
    }
  }

  private void add(String at, String[] columns, Sentence sentence) {
    int label = labelColumn < 0 ? columns.length - 1 : labelColumn;
    if (columns.length < 2 || label < 1 || label >= columns.length) {
      sentence.fault(
          new DataException(
              DataException.Kind.ROW,
              at
                  + " has "
                  + columns.length
                  + (columns.length == 1 ? " column" : " columns")
                  + ": expected a word and "
                  + (labelColumn < 0
                      ? "a label"
                      : "a label in column " + labelColumn + ", from 0")));
      return;
    }
    if (sentence.words.size() == limits.wordsMax()) {
      sentence.fault(
          new DataException(
              DataException.Kind.TOO_LARGE,
              at
                  + ": a sentence of more than "
                  + limits.wordsMax()
                  + " words; are there blank lines between sentences?"));
      return;
    }
    sentence.words.add(columns[0]);
    sentence.labels.add(columns[label]);
  }
}
