package io.cipherstream.workflow.convert;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.ModelTask;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.Columns;
import io.cipherstream.workflow.data.ConllReader;
import io.cipherstream.workflow.data.Corpus;
import io.cipherstream.workflow.data.DataException;
import io.cipherstream.workflow.data.EncodedText;
import io.cipherstream.workflow.data.EncodedWords;
import io.cipherstream.workflow.data.PieceEncoder;
import io.cipherstream.workflow.data.RowReader;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.data.Task;
import io.cipherstream.workflow.data.TextExample;
import io.cipherstream.workflow.data.WordsExample;
import io.cipherstream.workflow.train.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A task's examples as word pieces.
 *
 * @param task the task
 * @param training examples to train on
 * @param heldOut examples of the training file, for choices
 * @param dev examples for the report only
 * @param devTextsInTraining development texts that are also in the training file
 * @param cut examples that were longer than the model takes
 * @param devCut those of them in dev
 */
public record TaskData(
    Task task,
    List<Example> training,
    List<Example> heldOut,
    List<Example> dev,
    int devTextsInTraining,
    int cut,
    int devCut) {

  private static final int REGRESSION_EXAMPLES = 2000;

  public TaskData {
    training = List.copyOf(training);
    heldOut = List.copyOf(heldOut);
    dev = List.copyOf(dev);
    if (training.isEmpty() || heldOut.isEmpty() || dev.isEmpty()) {
      throw new ConversionException(
          "task "
              + task.name()
              + " with "
              + training.size()
              + " examples to train on, "
              + heldOut.size()
              + " held out and "
              + dev.size()
              + " of development: expected some of each");
    }
  }

  /**
   * Reads tables of texts.
   *
   * @param share of the training file that is held out
   * @param bad takes the rows that cannot be used
   */
  public static TaskData texts(
      Task task,
      Columns columns,
      Path training,
      Path dev,
      BertTokenizer tokenizer,
      int tokensMax,
      double share,
      long seed,
      BadRows bad) {
    Corpus<TextExample> corpus =
        Corpus.texts(new RowReader(task, columns), training, dev, share, seed, bad);
    PieceEncoder pieces = new PieceEncoder(tokenizer, tokensMax);
    Encoding encoding = new Encoding(pieces, training, bad);
    Encoding ofDev = new Encoding(pieces, dev, bad);
    List<Example> examples = encoding.texts(corpus.split().training());
    List<Example> heldOut = encoding.texts(corpus.split().heldOut());
    List<Example> reported = ofDev.texts(corpus.dev());
    bad.settle();
    return new TaskData(
        task,
        examples,
        heldOut,
        reported,
        corpus.devTextsInTraining(),
        encoding.cut + ofDev.cut,
        ofDev.cut);
  }

  /**
   * Reads CoNLL columns; the labels are those of the training file.
   *
   * @param bad takes the sentences that cannot be used
   */
  public static TaskData words(
      String name,
      Path training,
      Path dev,
      BertTokenizer tokenizer,
      int tokensMax,
      double share,
      long seed,
      BadRows bad) {
    ConllReader reader = new ConllReader();
    // Unusable sentences are counted when they are read.
    Target.WordLabels labels = reader.labels(training, BadRows.skipped());
    Corpus<WordsExample> corpus = Corpus.words(reader, labels, training, dev, share, seed, bad);
    PieceEncoder pieces = new PieceEncoder(tokenizer, tokensMax);
    Encoding encoding = new Encoding(pieces, training, bad);
    Encoding ofDev = new Encoding(pieces, dev, bad);
    List<Example> examples = encoding.words(corpus.split().training());
    List<Example> heldOut = encoding.words(corpus.split().heldOut());
    List<Example> reported = ofDev.words(corpus.dev());
    bad.settle();
    return new TaskData(
        Task.words(name, labels),
        examples,
        heldOut,
        reported,
        corpus.devTextsInTraining(),
        encoding.cut + ofDev.cut,
        ofDev.cut);
  }

  /** The first examples of the training part, for a trial. */
  public TaskData limited(int count) {
    return new TaskData(
        task,
        training.subList(0, Math.min(count, training.size())),
        heldOut,
        dev,
        devTextsInTraining,
        cut,
        devCut);
  }

  /** The same with other class weights in the loss; see {@link Task#withWeights}. */
  public TaskData withWeights(List<Double> weights) {
    return new TaskData(
        task.withWeights(weights), training, heldOut, dev, devTextsInTraining, cut, devCut);
  }

  /** Whether every word has a label. */
  public boolean words() {
    return task.target() instanceof Target.WordLabels;
  }

  /** Class names; none for a value. */
  public List<String> labels() {
    return task.target() instanceof Target.Labelled labelled ? labelled.labels() : List.of();
  }

  /** The description of the task in a package. */
  public ModelTask modelTask() {
    ModelTask.Input input =
        words() ? ModelTask.Input.WORDS : task.pair() ? ModelTask.Input.PAIR : ModelTask.Input.TEXT;
    return task.target() instanceof Target.Value value
        ? new ModelTask(task.name(), input, value.min(), value.max())
        : ModelTask.of(task.name(), input);
  }

  /** Variance of the training targets, for values. */
  public double variance() {
    double mean = training.stream().mapToDouble(e -> e.targets()[0]).average().orElse(0);
    return training.stream()
        .mapToDouble(e -> (e.targets()[0] - mean) * (e.targets()[0] - mean))
        .average()
        .orElse(0);
  }

  /** Length of the longest example. */
  public int tokensMax() {
    int longest = 0;
    for (List<Example> list : List.of(training, heldOut, dev)) {
      longest = Math.max(longest, list.stream().mapToInt(Example::length).max().orElse(0));
    }
    return longest;
  }

  /** Encodes texts and counts those that are cut; a text without word pieces goes to bad. */
  private static final class Encoding {

    private final PieceEncoder pieces;
    private final Path file;
    private final BadRows bad;
    private int cut;

    Encoding(PieceEncoder pieces, Path file, BadRows bad) {
      this.pieces = pieces;
      this.file = file;
      this.bad = bad;
    }

    List<Example> texts(List<TextExample> texts) {
      return encoded(texts, this::of);
    }

    List<Example> words(List<WordsExample> sentences) {
      return encoded(sentences, this::of);
    }

    private <E> List<Example> encoded(List<E> all, Function<E, Example> encode) {
      List<Example> out = new ArrayList<>();
      for (E one : all) {
        try {
          out.add(encode.apply(one));
        } catch (DataException e) {
          bad.add(new DataException(e.kind(), file + " " + e.getMessage(), e));
        }
      }
      return out;
    }

    private Example of(TextExample text) {
      EncodedText encoded = pieces.encode(text);
      cut += encoded.dropped() > 0 ? 1 : 0;
      return new Example(encoded.ids(), encoded.segments(), new double[] {text.target()});
    }

    private Example of(WordsExample sentence) {
      EncodedWords encoded = pieces.encode(sentence);
      cut += encoded.droppedWords() > 0 ? 1 : 0;
      return new Example(
          encoded.ids(),
          new int[encoded.ids().length],
          Arrays.stream(encoded.labels()).asDoubleStream().toArray());
    }
  }

  /** At most 2000 training examples, evenly spread, for regressions before a training. */
  public List<Example> regressionExamples() {
    return sample(training, REGRESSION_EXAMPLES);
  }

  /** A subset of the examples, evenly spread. */
  static List<Example> sample(List<Example> examples, int count) {
    if (examples.size() <= count) {
      return examples;
    }
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(examples.get((int) ((long) i * examples.size() / count)));
    }
    return out;
  }
}
