package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Where the parts of a deep sealed program lie. Rows are those of {@link SealedLayout}.
 *
 * <p><b>Scores.</b> A head's d products of query and key stand in a segment of a row that is 0
 * elsewhere. Summing F neighbours by doubling rotations gives each position the whole segment of
 * exactly one row where it is met whole: with segments in one half of the row and the right signs
 * of the steps, that is all of positions 0 to F/2 − 1, and one rotation more serves the other half.
 * A segment of one position is met by all F. So nothing is masked.
 *
 * <p><b>Query.</b> What the query of [CLS] sees, its own token, the three after it and the mean, is
 * sent by itself: each row has {@link #perRow} of these numbers, repeated.
 *
 * <p><b>Tail.</b> After the sum over tokens all rows are alike. r then stands once a group of
 * slots: group k begins at {@link #tail}, which is k·F/groups behind a multiple of F, so that
 * rotating by 0 to F/groups − 1 brings a different part of all F features to each group.
 *
 * @param rows tokens
 * @param heads of the second layer
 * @param scoreFeatures d: width of a head, or 1 without queries
 * @param neurons of the first layer
 * @param outputs rows of r
 * @param edges whether h² and h of a neuron go into the second layer by themselves, and not as g
 */
record DeepLayout(
    SealedLayout rows, int heads, int scoreFeatures, int neurons, int outputs, boolean edges) {

  private static final int BABY_STEPS = 8;

  /** Slots up to which there are so many. */
  private static final int BABY_SLOTS = 8192;

  /**
   * @throws IllegalArgumentException if r does not fit
   */
  DeepLayout {
    if (tailStride(rows, outputs) > rows.slots()) {
      throw new IllegalArgumentException(
          outputs + " pre-activations and features: expected at most " + rows.slots());
    }
  }

  /**
   * Rows in which every head has its segment; they are wider than the width where heads do not
   * share a half evenly.
   *
   * @throws IllegalArgumentException if too few rows fit the parameter set
   */
  static SealedLayout rows(int width, int heads, int scoreFeatures, CkksParameters parameters) {
    int halves = scoreFeatures == 1 ? 1 : 2;
    int half = (heads + halves - 1) / halves * scoreFeatures;
    return SealedLayout.of(width, powerOfTwo(Math.max(width, halves * half)), parameters);
  }

  private static int powerOfTwo(int least) {
    return Integer.highestOneBit(Math.max(1, 2 * least - 1));
  }

  /** F. */
  int features() {
    return rows.features();
  }

  /**
   * Steps of a product over which the rotations of its operand are shared: in a larger ring, where
   * an AA has products of many pieces, twice as many, for more keys.
   */
  int babySteps() {
    int steps = rows.slots() > BABY_SLOTS ? 2 * BABY_STEPS : BABY_STEPS;
    return Math.min(steps, features());
  }

  /** Ciphertexts of h with F neurons each. */
  int blocks() {
    return (neurons + features() - 1) / features();
  }

  /** Parts of u, F numbers each: g, or of each block h² and h, the residual, and the 1. */
  int stateBlocks() {
    return residualAt() + 2;
  }

  /** The part of u that is the residual. */
  int residualAt() {
    return edges ? 2 * blocks() : blocks();
  }

  /** Ciphertexts of u: parts 2·p and 2·p + 1 are the real and imaginary parts of ciphertext p. */
  int statePairs() {
    return (stateBlocks() + 1) / 2;
  }

  /** Halves of a row in which a pair of u has values: the 1 stands in the first one alone. */
  int halves(int pair) {
    return pair == oneAt() && stateBlocks() % 2 == 1 ? 1 : halves();
  }

  /** The pair that has the 1. */
  int oneAt() {
    return statePairs() - 1;
  }

  /** Ciphertexts of [CLS]' own u, which lacks the 1. */
  int ownPairs() {
    return stateBlocks() / 2;
  }

  /** Number of parts of a row in which a score is known, each with its own ciphertext. */
  int halves() {
    return scoreFeatures == 1 ? 1 : 2;
  }

  /** Whether a position belongs to a half. */
  boolean inHalf(int half, int position) {
    return position / (features() / halves()) == half;
  }

  /** Heads whose segments lie in the first half of a row; each has one of the second, if any. */
  int headPairs() {
    return (heads + halves() - 1) / halves();
  }

  /** Whether a head of the second half belongs to one of the first. */
  boolean isPaired(int head) {
    return head + headPairs() < heads;
  }

  /** Of the squares of a head's scores: −1 where they are imaginary ({@link SegmentScores}). */
  int sign(int head) {
    return head < headPairs() ? 1 : -1;
  }

  /** First position of a head's segment. */
  int segment(int head) {
    return halves() == 1
        ? features() - 1 - head
        : head / headPairs() * (features() / 2) + head % headPairs() * scoreFeatures;
  }

  /** By how much the window of a head's sum lies before its position. */
  int spanShift(int head) {
    if (halves() == 1) {
      return head;
    }
    return segment(head) < features() / 2 ? features() / 2 : 0;
  }

  /** Head and feature at a position of the keys, as h·d + i, or −1. */
  int key(int position) {
    for (int h = 0; h < heads; h++) {
      int feature = position - segment(h);
      if (feature >= 0 && feature < scoreFeatures) {
        return h * scoreFeatures + feature;
      }
    }
    return -1;
  }

  /** One per block of neurons: the neuron at each position, beyond the last one none. */
  List<SlotRows> hiddenRows() {
    List<SlotRows> rows = new ArrayList<>();
    for (int b = 0; b < blocks(); b++) {
      int first = b * features();
      rows.add(SlotRows.real(i -> first + i < neurons ? first + i : -1));
    }
    return rows;
  }

  /**
   * One a pair of heads: the query of the first one at the positions of its segment, that of the
   * second one, imaginary, at those of its own.
   */
  List<SlotRows> queryRows() {
    List<SlotRows> rows = new ArrayList<>();
    for (int p = 0; p < headPairs(); p++) {
      rows.add(ofHeads(p, head -> i -> head == headAt(i) ? key(i) : -1));
    }
    return rows;
  }

  private int headAt(int position) {
    int key = key(position);
    return key < 0 ? -1 : key / scoreFeatures;
  }

  /** Rows of a pair of heads, the second one's imaginary, to be taken apart by a conjugate. */
  SlotRows ofHeads(int pair, IntFunction<IntUnaryOperator> ofHead) {
    return isPaired(pair)
        ? new SlotRows(ofHead.apply(pair), ofHead.apply(pair + headPairs()), 0.5)
        : SlotRows.real(ofHead.apply(pair));
  }

  /** Features that a query sees: four tokens and the mean. */
  int queryInputs() {
    return (WindowMixing.REACH + 2) * rows.width();
  }

  /** Number of them per row. */
  int perRow() {
    return powerOfTwo((queryInputs() + rows.rows() - 1) / rows.rows());
  }

  /** The one in a slot; beyond {@link #queryInputs} it is 0. */
  int queryInput(int slot) {
    return perRow() * (slot / features()) + slot % features() % perRow();
  }

  private static int tailStride(SealedLayout rows, int outputs) {
    return powerOfTwo(Math.max(outputs, rows.features()));
  }

  /** Groups of the tail, a power of two. */
  int groups() {
    int groups = features();
    while (groups > 1 && (groups - 1) * groupStep(groups) + outputs > rows.slots()) {
      groups /= 2;
    }
    return groups;
  }

  private int groupStep(int groups) {
    return tailStride(rows, outputs) + features() / groups;
  }

  /** From one group to the next. */
  int groupStep() {
    return groupStep(groups());
  }

  /** Rotations of a group's operand. */
  int tailSteps() {
    return features() / groups();
  }

  /** Slot of the first row of r of a group; group 0 avoids the first slots. */
  int tail(int group) {
    return (tailStride(rows, outputs) + group * groupStep()) % rows.slots();
  }

  /** Values, at most one per row of r, in the slots of a group; 0 elsewhere. */
  double[] atTail(int group, double[] values) {
    double[] slots = new double[rows.slots()];
    for (int n = 0; n < values.length; n++) {
      slots[(tail(group) + n) % slots.length] = values[n];
    }
    return slots;
  }
}
