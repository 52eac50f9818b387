package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.PositionBias;
import io.cipherstream.model.Ranges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of mode hybrid for one model and number of tokens.
 *
 * @param tokens most tokens
 */
record HybridContext(
    ModelShape shape,
    CkksParameters parameters,
    HybridLayout layout,
    HybridScales scales,
    int tokens)
    implements PlanContext {

  /** Most tokens of any class. */
  static final int TOKENS_MAX = 1024;

  /** Tokens that the rows are cut for: a group of a wide model holds so many. */
  private static final int GROUP_TOKENS = 32;

  /** The same for the shortest texts, where a model's weights may be encoded twice. */
  private static final int SHORT_TOKENS = 16;

  /** Most weights of a model that has encoded weights of its own for the shortest texts. */
  private static final long SHORT_WEIGHTS_MAX = 1L << 25;

  /** Shortest row that limb programs take. */
  private static final int FEATURES_MIN = 8;

  /** Classes are these multiples of a group. */
  private static final List<Integer> MULTIPLES = List.of(1, 2, 3, 4, 6, 8, 12, 16, 24, 32);

  /**
   * The context of one class.
   *
   * @throws IllegalArgumentException if the mode does not fit the model, the class is none of
   *     {@link #classes}, or a range fits no scale
   */
  static HybridContext of(ModelShape shape, Ranges ranges, int tokens, CkksParameters parameters) {
    InferenceMode.HYBRID.requireFor(shape);
    if (ranges.layers().size() != shape.layers()) {
      throw new IllegalArgumentException(
          "ranges for " + ranges.layers().size() + " layers, expected " + shape.layers());
    }
    List<Integer> classes = classes(shape, parameters);
    boolean whole = tokens == wholeTokens(parameters);
    if (!classes.contains(tokens)) {
      throw new IllegalArgumentException(
          "token class " + tokens + " in mode hybrid: expected one of " + classes);
    }
    int group = classes.get(0) == tokens && tokens <= SHORT_TOKENS ? SHORT_TOKENS : GROUP_TOKENS;
    return new HybridContext(
        shape,
        parameters,
        new HybridLayout(parameters.slots(), whole ? 1 : features(shape, parameters, group)),
        new HybridScales(parameters, ranges, whole),
        tokens);
  }

  /**
   * Token classes of a model, ascending; the last is {@link #wholeTokens}. All others but the first
   * of a model with few weights share one F, and so one encoding of the weights.
   */
  static List<Integer> classes(ModelShape shape, CkksParameters parameters) {
    List<Integer> classes = new ArrayList<>();
    int rows = features(shape, parameters, GROUP_TOKENS);
    boolean few = weights(shape) <= SHORT_WEIGHTS_MAX;
    if (few && features(shape, parameters, SHORT_TOKENS) > rows) {
      classes.add(SHORT_TOKENS);
    }
    int group = new HybridLayout(parameters.slots(), rows).groupTokens();
    int before = 0;
    for (int multiple : MULTIPLES) {
      int tokens = multiple * group;
      if (before == 0 || (before < shape.positions() && tokens <= TOKENS_MAX)) {
        classes.add(tokens);
        before = tokens;
      }
    }
    if (before < wholeTokens(parameters)) {
      classes.add(wholeTokens(parameters));
    }
    return classes;
  }

  /**
   * Tokens of the class for many texts at once: one feature a ciphertext, two tokens a slot, and no
   * rotations.
   */
  static int wholeTokens(CkksParameters parameters) {
    return 2 * parameters.slots();
  }

  /** Numbers in all matrices of the layers. */
  private static long weights(ModelShape shape) {
    return (long) shape.layers() * shape.width() * (4L * shape.width() + 2L * shape.ffnWidth());
  }

  /** The longest useful row of which a ciphertext holds enough for so many tokens. */
  private static int features(ModelShape shape, CkksParameters parameters, int groupTokens) {
    int enough = Math.max(FEATURES_MIN, FeatureLayout.strideOf(shape.width()));
    return Math.min(enough, 2 * parameters.slots() / groupTokens);
  }

  @Override
  public InferenceMode mode() {
    return InferenceMode.HYBRID;
  }

  @Override
  public boolean complexReplies() {
    return true;
  }

  /** Of at least one token each, where tokens stand side by side. */
  @Override
  public int texts() {
    return whole() ? tokens() : 1;
  }

  @Override
  public boolean holds(int... tokenCounts) {
    return Arrays.stream(tokenCounts).sum() <= tokens();
  }

  /** From half of its tokens on, since it costs as much as some half as many texts one by one. */
  @Override
  public boolean isWorthSharing(int... tokenCounts) {
    return whole() && Arrays.stream(tokenCounts).sum() >= tokens() / 2;
  }

  @Override
  public int features() {
    return layout.features();
  }

  /** Activations. */
  FeatureLayout hidden() {
    return FeatureLayout.dense(shape.width(), features());
  }

  /** Queries, then keys, then values. */
  FeatureLayout projections() {
    return FeatureLayout.dense(3 * shape.width(), features());
  }

  /** Between the feed-forward matrices. */
  FeatureLayout ffn() {
    return FeatureLayout.dense(shape.ffnWidth(), features());
  }

  /** What the head gives. */
  FeatureLayout outputs() {
    return FeatureLayout.dense(shape.outputs(), features());
  }

  /** Groups of tokens. */
  int groups() {
    return layout.groups(tokens);
  }

  /** Whether each feature has a ciphertext of its own. */
  boolean whole() {
    return layout.features() == 1;
  }

  /** Groups of rows that the head sees: one row a text, or without pooling one a token. */
  int headGroups() {
    return shape.pooling() == Pooling.NONE ? groups() : 1;
  }

  /** Ciphertexts of an activation of every token. */
  List<CiphertextSpec> fresh(Scales.LinearScale scale, FeatureLayout of) {
    return new CiphertextSpec(1, scale.input()).times(groups() * of.blocks());
  }

  /** Ciphertexts of the head's rows. */
  List<CiphertextSpec> freshRows(Scales.LinearScale scale) {
    return new CiphertextSpec(1, scale.input()).times(headGroups() * hidden().blocks());
  }

  @Override
  public List<CiphertextSpec> inputs() {
    return fresh(scales.projections(0), hidden());
  }

  @Override
  public StepProgram traced(PlainSource shapes) {
    return new HybridProgram(this, HybridWeights.traced(this, shapes));
  }

  /** For one text, or several whose tokens stand side by side. */
  @Override
  public ClientSide side(@Nullable PositionBias bias, int... tokenCounts) {
    return new HybridSide(this, bias, tokenCounts);
  }
}
