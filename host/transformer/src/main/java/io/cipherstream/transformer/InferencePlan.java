package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Ranges;
import io.cipherstream.model.TokenClasses;
import io.cipherstream.model.sealed.MergedTransformer;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.Sentinel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * Everything client and appliance must agree on for one model, mode and token class: what is sent
 * in each round at which level and scale, which keys are needed, and what it all costs.
 *
 * <p>A plan is made by tracing the very program that runs on ciphertexts, on shapes alone; it
 * depends on the manifest (shape, ranges) and never on weights. Deterministic and immutable.
 */
public final class InferencePlan {

  /** Incremented whenever the program changes what it sends or computes. */
  public static final int VERSION = 3;

  private final PlanContext context;
  private final AgreedPlan agreed;
  private final PlanCosts costs;

  private InferencePlan(PlanContext context) {
    this.context = context;
    PlanTrace trace = PlanTrace.run(context);
    KeyRequirements keys = new KeyRequirements(trace.rotations(), trace.relinearization());
    this.agreed =
        new AgreedPlan(
            context.mode().label(),
            context.tokens(),
            context.texts(),
            context.parameters(),
            context.inputs(),
            trace.rounds(),
            trace.result(),
            keys,
            trace.words(),
            trace.keptWords(),
            digest(context, trace));
    this.costs = computeCosts(trace);
  }

  /**
   * Plans one mode and token class.
   *
   * @throws IllegalArgumentException if the mode does not fit the model, a head does not fit the
   *     class, or the parameter set is too small
   */
  public static InferencePlan of(
      ModelShape shape,
      Ranges ranges,
      InferenceMode mode,
      int tokenClass,
      CkksParameters parameters) {
    return new InferencePlan(
        mode == InferenceMode.HYBRID
            ? HybridContext.of(shape, ranges, tokenClass, parameters)
            : ModelContext.of(shape, ranges, mode, tokenClass, parameters));
  }

  /**
   * Plans of a CQ, one per number of chunks, until they cover all of its positions, and behind them
   * one for short texts that share a chunk, unless the model has too many outputs for it.
   *
   * @throws IllegalArgumentException if the parameter set does not have four levels, or its ring is
   *     too small for the model's width
   */
  public static List<InferencePlan> sealed(ModelShape shape, CkksParameters parameters) {
    List<InferencePlan> plans = new ArrayList<>();
    int chunks = SealedLayout.of(shape.width(), parameters).chunks(shape.positions());
    for (int i = 1; i <= chunks; i++) {
      plans.add(new InferencePlan(ShallowContext.of(shape, parameters, i)));
    }
    ShallowContext.of(shape, parameters, 1).shared().map(InferencePlan::new).ifPresent(plans::add);
    return plans;
  }

  /**
   * As the other, of a CT.
   *
   * @param outputBound largest absolute output that an answer must hold
   * @throws IllegalArgumentException as the other, or if no scale holds the outputs, or if there
   *     are more labels than a token has slots
   */
  public static List<InferencePlan> words(
      ModelShape shape, double outputBound, CkksParameters parameters) {
    return WordsContext.all(shape, outputBound, parameters).stream()
        .map(InferencePlan::new)
        .toList();
  }

  /**
   * As the other, of a CP, CS or CA, one a number of chunks, or of an AA, one a number of tokens.
   *
   * @param sentinels answered behind the outputs
   * @param outputBound largest absolute output that an answer must hold
   * @throws IllegalArgumentException if the parameter set has too few levels, its ring is too small
   *     for the model, or no scale holds the outputs
   */
  public static List<InferencePlan> deep(
      ModelShape shape,
      SealedSpec spec,
      List<Sentinel> sentinels,
      double outputBound,
      CkksParameters parameters) {
    if (MergedTransformer.covers(spec)) {
      return TransformerContext.all(shape, spec, sentinels, outputBound, parameters).stream()
          .map(InferencePlan::new)
          .toList();
    }
    DeepContext one = DeepContext.of(shape, spec, sentinels, outputBound, parameters, 1);
    int chunks = one.layout().rows().chunks(shape.positions());
    return IntStream.rangeClosed(1, chunks)
        .mapToObj(i -> new InferencePlan(one.withChunks(i)))
        .toList();
  }

  /** Plans of every token class that fits the model, smallest first. */
  public static List<InferencePlan> all(
      ModelShape shape, Ranges ranges, InferenceMode mode, CkksParameters parameters) {
    List<InferencePlan> plans = new ArrayList<>();
    List<Integer> classes =
        mode == InferenceMode.HYBRID
            ? HybridContext.classes(shape, parameters)
            : tokenClasses(shape, parameters);
    for (int tokenClass : classes) {
      plans.add(of(shape, ranges, mode, tokenClass, parameters));
    }
    return plans;
  }

  /**
   * Token classes of modes paper and compact whose blocks hold a padded head; a class larger than
   * the model's positions is kept only when no smaller one covers them.
   */
  public static List<Integer> tokenClasses(ModelShape shape, CkksParameters parameters) {
    List<Integer> classes = new ArrayList<>();
    for (int tokenClass : TokenClasses.ALL) {
      boolean headFits =
          FeatureLayout.strideOf(shape.headWidth()) <= parameters.slots() / tokenClass;
      boolean covered = !classes.isEmpty() && classes.get(classes.size() - 1) >= shape.positions();
      if (headFits && !covered) {
        classes.add(tokenClass);
      }
    }
    if (classes.isEmpty()) {
      throw new IllegalArgumentException(
          "heads of " + shape.headWidth() + " features fit no token class of " + parameters);
    }
    return classes;
  }

  ModelShape shape() {
    return context.shape();
  }

  /** What it was made from. */
  PlanContext context() {
    return context;
  }

  /** Of mode {@link InferenceMode#SEALED}. */
  SealedContext sealed() {
    return (SealedContext) context;
  }

  /** The part of this plan that the appliance's network side knows. */
  public AgreedPlan agreed() {
    return agreed;
  }

  public InferenceMode mode() {
    return context.mode();
  }

  /** T: the most tokens, [CLS] and [SEP] included. */
  public int tokenClass() {
    return agreed.tokenClass();
  }

  public CkksParameters parameters() {
    return agreed.parameters();
  }

  /**
   * Whether slots that come down are complex: N/2 real parts, then as many imaginary ones. What
   * goes up says it itself by its length.
   */
  public boolean complexReplies() {
    return context.complexReplies();
  }

  /** Whether it is for many texts, whose tokens stand side by side; no plan for one text. */
  public boolean takesManyTexts() {
    return context.takesManyTexts();
  }

  /** Whether texts of so many tokens fit one inference together. */
  public boolean holds(int... tokenCounts) {
    return context.holds(tokenCounts);
  }

  /** Whether texts that it holds cost less together than one by one. */
  public boolean isWorthSharing(int... tokenCounts) {
    return context.isWorthSharing(tokenCounts);
  }

  /** Fresh encryptions the client sends before round 0. */
  public List<CiphertextSpec> inputs() {
    return agreed.inputs();
  }

  public List<Round> rounds() {
    return agreed.rounds();
  }

  /** What the appliance sends at the end. */
  public List<CiphertextSpec> result() {
    return agreed.result();
  }

  /** Rotation step → most limbs it is used at. */
  public SortedMap<Integer, Integer> rotationLimbs() {
    return agreed.keys().rotationLimbs();
  }

  /** Most limbs a product is relinearised at. */
  public int relinearizationLimbs() {
    return agreed.keys().relinearizationLimbs();
  }

  public PlanCosts costs() {
    return costs;
  }

  /** SHA-256 over everything both sides must agree on, in hexadecimal. */
  public String digestHex() {
    return agreed.digestHex();
  }

  private PlanCosts computeCosts(PlanTrace trace) {
    long up = bytes(inputs(), 1);
    long down = bytes(result(), 2);
    for (Round round : rounds()) {
      up += bytes(round.up(), 1);
      down += bytes(round.down(), 2);
    }
    return new PlanCosts(
        trace.operations().toMap(),
        rounds().size(),
        up,
        down,
        agreed.keys().payloadBytes(parameters()),
        trace.weightBytes());
  }

  private long bytes(List<CiphertextSpec> specs, int polynomials) {
    long bits = 0;
    for (CiphertextSpec spec : specs) {
      for (int i = 0; i < spec.limbs(); i++) {
        bits += (long) polynomials * parameters().dataPrime(i).bits() * parameters().degree();
      }
    }
    return bits / 8;
  }

  private static String digest(PlanContext context, PlanTrace trace) {
    StringBuilder text = new StringBuilder("cipherstream plan " + VERSION + '\n');
    text.append(context.shape()).append('\n');
    text.append(context.mode()).append(' ').append(context.tokens()).append('\n');
    text.append(context.parameters().digestHex()).append('\n');
    append(text, "in", context.inputs());
    for (Round round : trace.rounds()) {
      text.append(round.layer()).append(' ').append(round.operation()).append('\n');
      append(text, "down", round.down());
      append(text, "up", round.up());
    }
    append(text, "out", trace.result());
    text.append(trace.rotations()).append(trace.relinearization());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void append(StringBuilder text, String what, List<CiphertextSpec> specs) {
    text.append(what);
    for (CiphertextSpec spec : specs) {
      text.append(' ').append(spec.limbs()).append('@').append(Double.toHexString(spec.scale()));
    }
    text.append('\n');
  }
}
