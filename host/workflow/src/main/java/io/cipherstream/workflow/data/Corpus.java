package io.cipherstream.workflow.data;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A task's examples: to train on, to make choices on, and to report on.
 *
 * @param split the training file, a part of it held out
 * @param dev the development file, used for neither training nor choices
 * @param devTextsInTraining number of dev examples whose text is also in the training file
 */
public record Corpus<E>(Split<E> split, List<E> dev, int devTextsInTraining) {

  public Corpus {
    dev = List.copyOf(dev);
  }

  /**
   * Two files of texts.
   *
   * @param share of the training file that is held out, see {@link Split#texts}
   * @param bad takes the rows of both files that cannot be used, and is settled
   * @throws DataException as {@link RowReader#read(Path, BadRows)} and {@link Split#texts}, or
   *     naming the rows that cannot be used
   */
  public static Corpus<TextExample> texts(
      RowReader reader, Path training, Path dev, double share, long seed, BadRows bad) {
    List<TextExample> all = reader.read(training, bad);
    List<TextExample> held = reader.read(dev, bad);
    bad.settle();
    Set<Object> seen = new HashSet<>();
    all.forEach(e -> seen.add(texts(e)));
    int common = (int) held.stream().filter(e -> seen.contains(texts(e))).count();
    return new Corpus<>(Split.texts(all, share, seed), held, common);
  }

  /**
   * Two files of CoNLL columns.
   *
   * @param bad takes the sentences of both files that cannot be used, and is settled
   * @throws DataException as {@link ConllReader#read(Path, Target.WordLabels, BadRows)} and {@link
   *     Split#words}, or naming the sentences that cannot be used
   */
  public static Corpus<WordsExample> words(
      ConllReader reader,
      Target.WordLabels target,
      Path training,
      Path dev,
      double share,
      long seed,
      BadRows bad) {
    List<WordsExample> all = reader.read(training, target, bad);
    List<WordsExample> held = reader.read(dev, target, bad);
    bad.settle();
    Set<Object> seen = new HashSet<>();
    all.forEach(e -> seen.add(e.words()));
    int common = (int) held.stream().filter(e -> seen.contains(e.words())).count();
    return new Corpus<>(Split.words(all, share, seed), held, common);
  }

  static Object texts(TextExample example) {
    String second = example.second();
    return second == null ? example.first() : List.of(example.first(), second);
  }
}
