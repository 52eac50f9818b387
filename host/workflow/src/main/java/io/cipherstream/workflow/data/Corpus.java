package io.cipherstream.workflow.data;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A task's examples: what is trained on, what choices are made on, and what is reported on.
 *
 * @param split the training file, a part of it held out
 * @param dev the development file as it is: neither trained on nor chosen on
 * @param devTextsInTraining how many dev examples have a text that the training file has too
 */
public record Corpus<E>(Split<E> split, List<E> dev, int devTextsInTraining) {

  public Corpus {
    dev = List.copyOf(dev);
  }

  /**
   * Two files of texts.
   *
   * @param share of the training file that is held out, see {@link Split#texts}
   * @throws DataException as {@link TsvReader#read} and {@link Split#texts}
   */
  public static Corpus<TextExample> texts(
      TsvReader reader, Path training, Path dev, double share, long seed) {
    List<TextExample> all = reader.read(training);
    List<TextExample> held = reader.read(dev);
    Set<Object> seen = new HashSet<>();
    all.forEach(e -> seen.add(texts(e)));
    int common = (int) held.stream().filter(e -> seen.contains(texts(e))).count();
    return new Corpus<>(Split.texts(all, share, seed), held, common);
  }

  /**
   * Two files of CoNLL columns.
   *
   * @throws DataException as {@link ConllReader#read} and {@link Split#words}
   */
  public static Corpus<WordsExample> words(
      ConllReader reader,
      Target.WordLabels target,
      Path training,
      Path dev,
      double share,
      long seed) {
    List<WordsExample> all = reader.read(training, target);
    List<WordsExample> held = reader.read(dev, target);
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
