package io.cipherstream.workflow.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

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
  private final Limits limits;

  /** Label in the last column, {@link Limits#DEFAULT}. */
  public ConllReader() {
    this(-1, Limits.DEFAULT);
  }

  /**
   * @param labelColumn column of the label from 0, or -1 for the last
   */
  public ConllReader(int labelColumn, Limits limits) {
    this.labelColumn = labelColumn;
    this.limits = limits;
  }

  private record Sentence(int line, List<String> words, List<String> labels) {
    static Sentence at(int line) {
      return new Sentence(line, new ArrayList<>(), new ArrayList<>());
    }
  }

  /**
   * The labels of a file: O first, the others in order of their characters.
   *
   * @throws DataException as {@link #read}, but for LABEL
   */
  public Target.WordLabels labels(Path file) {
    TreeSet<String> found = new TreeSet<>();
    sentences(file).forEach(s -> found.addAll(s.labels));
    found.remove(OUTSIDE);
    List<String> labels = new ArrayList<>(List.of(OUTSIDE));
    labels.addAll(found);
    return Target.WordLabels.of(labels);
  }

  /**
   * The sentences of a file.
   *
   * @throws DataException of kind NOT_FOUND, EMPTY, ROW, LABEL, TOO_LARGE, ENCODING or IO
   */
  public List<WordsExample> read(Path file, Target.WordLabels target) {
    List<WordsExample> out = new ArrayList<>();
    for (Sentence sentence : sentences(file)) {
      List<Integer> labels = new ArrayList<>();
      for (int i = 0; i < sentence.labels.size(); i++) {
        int index = target.indexOf(sentence.labels.get(i));
        if (index < 0) {
          throw new DataException(
              DataException.Kind.LABEL,
              file
                  + " line "
                  + (sentence.line + i)
                  + ": label '"
                  + TextFile.shortened(sentence.labels.get(i))
                  + "' of word '"
                  + TextFile.shortened(sentence.words.get(i))
                  + "': expected one of "
                  + target.labels());
        }
        labels.add(index);
      }
      out.add(new WordsExample(sentence.line, sentence.words, labels));
    }
    return List.copyOf(out);
  }

  private List<Sentence> sentences(Path file) {
    List<Sentence> out = new ArrayList<>();
    try (BufferedReader in = TextFile.open(file, limits)) {
      Sentence open = Sentence.at(1);
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        boolean between = line.isBlank() || line.startsWith(DOCUMENT);
        if (between) {
          close(file, open, out);
          open = Sentence.at(number + 1);
        } else {
          add(file + " line " + number, line.strip().split("\\s+"), open);
        }
      }
      close(file, open, out);
    } catch (IOException e) {
      throw TextFile.failed(file, e);
    }
    if (out.isEmpty()) {
      throw new DataException(
          DataException.Kind.EMPTY,
          file + " has no sentence: expected lines of a word, white space and a label");
    }
    return out;
  }

  private void close(Path file, Sentence sentence, List<Sentence> out) {
    if (!sentence.words.isEmpty()) {
      if (out.size() == limits.examplesMax()) {
        throw limits.tooMany(file.toString());
      }
      out.add(sentence);
    }
  }

  private void add(String at, String[] columns, Sentence sentence) {
    int label = labelColumn < 0 ? columns.length - 1 : labelColumn;
    if (columns.length < 2 || label < 1 || label >= columns.length) {
      throw new DataException(
          DataException.Kind.ROW,
          at
              + " has "
              + columns.length
              + (columns.length == 1 ? " column" : " columns")
              + ": expected a word and "
              + (labelColumn < 0 ? "a label" : "a label in column " + labelColumn + ", from 0"));
    }
    if (sentence.words.size() == limits.wordsMax()) {
      throw new DataException(
          DataException.Kind.TOO_LARGE,
          at
              + ": a sentence of more than "
              + limits.wordsMax()
              + " words; are there blank lines between sentences?");
    }
    sentence.words.add(columns[0]);
    sentence.labels.add(columns[label]);
  }
}
