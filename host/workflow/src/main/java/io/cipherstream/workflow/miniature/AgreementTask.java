package io.cipherstream.workflow.miniature;

import io.cipherstream.model.WordPieces;
import io.cipherstream.workflow.data.Columns;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.data.Task;
import io.cipherstream.workflow.data.TextExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Generates the miniature's examples: does the verb agree with the subject? Sentences have 7 to 10
 * words of {@link #vocabulary}. Both sentences of a mirrored pair are drawn or neither, into the
 * same part. So in each part every bag of words occurs once with each answer, and a model of bags
 * is right on exactly half of it. A seed gives the same examples on every machine.
 */
public final class AgreementTask {

  /** Most examples of all parts together: far fewer than the grammar has. */
  public static final int EXAMPLES_MAX = 100_000;

  private static final Task TASK = Task.sentences("agreement", Target.Classes.of("wrong", "right"));

  private AgreementTask() {}

  /**
   * The generated examples.
   *
   * @param training examples to train on
   * @param dev examples to report on; no sentence of training is among them
   */
  public record Parts(List<TextExample> training, List<TextExample> dev) {

    /**
     * Writes {@code train.tsv} and {@code dev.tsv} in the layout of SST-2, as {@link
     * AgreementTask#columns} says.
     *
     * @throws IOException if that fails
     */
    public void write(Path folder) throws IOException {
      Files.writeString(folder.resolve("train.tsv"), file(training));
      Files.writeString(folder.resolve("dev.tsv"), file(dev));
    }

    private static String file(List<TextExample> examples) {
      StringBuilder out = new StringBuilder("sentence\tlabel\n");
      examples.forEach(e -> out.append(e.first()).append('\t').append(e.label()).append('\n'));
      return out.toString();
    }
  }

  /** One sentence, two classes: 0 wrong, 1 right. */
  public static Task task() {
    return TASK;
  }

  /** The layout that {@link Parts#write} writes. */
  public static Columns columns() {
    return Columns.sentence().withNames("0", "1");
  }

  /** [PAD], [UNK], [CLS], [SEP], [MASK] and every word of the grammar as one word piece. */
  public static WordPieces vocabulary() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    pieces.addAll(AgreementGrammar.words());
    return new WordPieces(pieces);
  }

  /** The right answer to a sentence of the grammar, by the rule. */
  public static int answer(String sentence) {
    return AgreementGrammar.isRight(sentence) ? 1 : 0;
  }

  /**
   * Generates examples.
   *
   * @param training how many to train on, even
   * @param dev how many to report on, even
   * @throws IllegalArgumentException if a number is odd or below 2, or both together are more than
   *     {@link #EXAMPLES_MAX}
   */
  public static Parts draw(int training, int dev, long seed) {
    if (training < 2 || dev < 2 || training % 2 + dev % 2 != 0 || training > EXAMPLES_MAX - dev) {
      throw new IllegalArgumentException(
          training
              + " and "
              + dev
              + " examples: expected even numbers, at least 2 each and "
              + EXAMPLES_MAX
              + " together");
    }
    Random random = new Random(seed);
    Set<String> drawn = new HashSet<>();
    return new Parts(part(training, random, drawn), part(dev, random, drawn));
  }

  private static List<TextExample> part(int examples, Random random, Set<String> drawn) {
    List<String> sentences = new ArrayList<>();
    while (sentences.size() < examples) {
      AgreementGrammar.Parts parts = sentence(random);
      if (drawn.add(parts.sentence())) {
        drawn.add(parts.mirrored().sentence());
        sentences.add(parts.sentence());
        sentences.add(parts.mirrored().sentence());
      }
    }
    Collections.shuffle(sentences, random);
    List<TextExample> out = new ArrayList<>();
    for (String text : sentences) {
      out.add(new TextExample(out.size() + 2, text, null, answer(text)));
    }
    return List.copyOf(out);
  }

  private static AgreementGrammar.Parts sentence(Random random) {
    List<String> nouns = new ArrayList<>(AgreementGrammar.NOUNS);
    Collections.shuffle(nouns, random);
    boolean firstPlural = random.nextBoolean();
    String first = nouns.get(0);
    String second = nouns.get(1);
    return new AgreementGrammar.Parts(
        firstPlural ? AgreementGrammar.plural(first) : first,
        firstPlural ? second : AgreementGrammar.plural(second),
        List.of(
            maybe(AgreementGrammar.ADJECTIVES, random), maybe(AgreementGrammar.ADJECTIVES, random)),
        random.nextBoolean(),
        List.of(
            one(AgreementGrammar.PREPOSITIONS, random),
            maybe(AgreementGrammar.ADVERBS, random),
            one(AgreementGrammar.COMPLEMENTS, random)));
  }

  private static String one(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }

  private static String maybe(List<String> words, Random random) {
    return random.nextBoolean() ? one(words, random) : "";
  }
}
