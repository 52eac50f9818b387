package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Makes new texts from single ones for a teacher to label: two texts joined, a run of words, words
 * hidden or replaced. The meaning of a new text does not matter, since the teacher labels it.
 * Follows Tang et al. 2019, "Distilling Task-Specific Knowledge from BERT into Simple Neural
 * Networks", but draws replacements by word frequency, and texts in proportion to their length:
 * SST-2's training file is mostly phrases, while users ask about sentences.
 */
public final class Augmenter {

  private static final double JOIN = 0.15;
  private static final double CUT = 0.25;
  private static final double HIDE = 0.08;
  private static final double REPLACE = 0.08;

  private final List<Example> texts;
  private final int mask;
  private final int tokensMax;
  private final int[] words;
  private final int[] owners;

  /**
   * @param texts single texts: [CLS] pieces [SEP]
   * @param mask the word piece [MASK]
   * @param tokensMax most word pieces of a new text
   */
  public Augmenter(List<Example> texts, int mask, int tokensMax) {
    this.texts = List.copyOf(texts);
    this.mask = mask;
    this.tokensMax = tokensMax;
    this.words =
        texts.stream()
            .flatMapToInt(e -> Arrays.stream(e.ids(), 1, Math.max(1, e.length() - 1)))
            .toArray();
    this.owners =
        IntStream.range(0, texts.size())
            .flatMap(i -> IntStream.generate(() -> i).limit(Math.max(0, texts.get(i).length() - 2)))
            .toArray();
    if (words.length == 0) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS, "no text has a word: nothing to make new texts from");
    }
  }

  /**
   * Generates new texts; the same seed gives the same ones.
   *
   * @return examples with meaningless targets
   */
  public List<Example> draw(int count, long seed) {
    Random random = new Random(seed);
    List<Example> out = new ArrayList<>(count);
    while (out.size() < count) {
      out.add(one(random));
    }
    return out;
  }

  private Example one(Random random) {
    Example first = any(random);
    int[] inner = inner(first);
    if (random.nextDouble() < JOIN) {
      inner = joined(inner, inner(any(random)));
    }
    if (random.nextDouble() < CUT && inner.length > 2) {
      int length = 1 + random.nextInt(inner.length - 1);
      int from = random.nextInt(inner.length - length + 1);
      inner = Arrays.copyOfRange(inner, from, from + length);
    }
    for (int t = 0; t < inner.length; t++) {
      double dice = random.nextDouble();
      if (dice < HIDE) {
        inner[t] = mask;
      } else if (dice < HIDE + REPLACE) {
        inner[t] = words[random.nextInt(words.length)];
      }
    }
    int length = Math.min(inner.length, tokensMax - 2);
    int[] ids = new int[length + 2];
    ids[0] = first.ids()[0];
    System.arraycopy(inner, 0, ids, 1, length);
    ids[length + 1] = first.ids()[first.length() - 1];
    return Example.of(ids, 0);
  }

  private Example any(Random random) {
    return texts.get(owners[random.nextInt(owners.length)]);
  }

  private static int[] inner(Example example) {
    return Arrays.copyOfRange(example.ids(), 1, Math.max(1, example.length() - 1));
  }

  private static int[] joined(int[] a, int[] b) {
    int[] out = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }
}
