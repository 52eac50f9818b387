package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Makes longer texts from single ones for a teacher to label: two or three, joined by a word piece
 * such as a comma. Training files of phrases have no sentences; this closes the gap.
 */
public final class JoinedTexts {

  private static final double TWO = 0.8;

  /** Draws without a fitting text after which it gives up. */
  private static final int TRIES = 1000;

  private final List<Example> texts;
  private final List<int[]> joints;
  private final int fewest;
  private final int most;

  /**
   * @param texts single texts: [CLS] pieces [SEP]
   * @param joints word pieces to stand between two texts; an empty one among them, if wanted
   * @param fewest least pieces of a new text without [CLS] and [SEP]
   * @param most largest number of them
   * @throws TrainingException of kind OPTIONS without texts or joints
   */
  public JoinedTexts(List<Example> texts, List<int[]> joints, int fewest, int most) {
    if (texts.isEmpty() || joints.isEmpty() || fewest > most) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          texts.size()
              + " texts and "
              + joints.size()
              + " joints for texts of "
              + (fewest + " to " + most)
              + " word pieces: expected some of each");
    }
    this.texts = List.copyOf(texts);
    this.joints = List.copyOf(joints);
    this.fewest = fewest;
    this.most = most;
  }

  /**
   * Generates new texts without targets; the same seed gives the same ones. There are fewer if the
   * texts are too long or too short to join.
   */
  public List<Example> draw(int count, long seed) {
    Random random = new Random(seed);
    List<Example> out = new ArrayList<>();
    int failed = 0;
    while (out.size() < count && failed < TRIES) {
      int[] ids = one(random);
      if (ids.length - 2 < fewest || ids.length - 2 > most) {
        failed++;
      } else {
        failed = 0;
        out.add(Example.of(ids, Example.IGNORED));
      }
    }
    return out;
  }

  private int[] one(Random random) {
    Example first = texts.get(random.nextInt(texts.size()));
    IntStream.Builder ids = IntStream.builder();
    ids.add(first.ids()[0]);
    inner(first, ids);
    int parts = random.nextDouble() < TWO ? 2 : 3;
    for (int i = 1; i < parts; i++) {
      IntStream.of(joints.get(random.nextInt(joints.size()))).forEach(ids::add);
      inner(texts.get(random.nextInt(texts.size())), ids);
    }
    ids.add(first.ids()[first.length() - 1]);
    return ids.build().toArray();
  }

  private static void inner(Example text, IntStream.Builder out) {
    IntStream.range(1, text.length() - 1).map(t -> text.ids()[t]).forEach(out::add);
  }
}
