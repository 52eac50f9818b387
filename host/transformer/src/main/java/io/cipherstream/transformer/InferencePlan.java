package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Ranges;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything client and server must agree on for one model, mode and token class: what is sent in
 * each round at which level and scale, which keys are needed, and what it all costs.
 *
 * <p>A plan is made by tracing the very program that runs on ciphertexts, on shapes alone; it
 * depends on the manifest (shape, ranges) and never on weights. Deterministic and immutable.
 */
public final class InferencePlan {

  /** Changes whenever the program changes what it sends or computes. */
  public static final int VERSION = 2;

  private final ModelContext context;
  private final List<CiphertextSpec> inputs;
  private final List<Round> rounds;
  private final List<CiphertextSpec> result;
  private final SortedMap<Integer, Integer> rotationLimbs;
  private final int relinearizationLimbs;
  private final PlanCosts costs;
  private final String digestHex;

  private InferencePlan(ModelContext context, PlanTrace trace) {
    this.context = context;
    this.inputs = List.copyOf(EncoderProgram.inputs(context));
    this.rounds = List.copyOf(trace.rounds());
    this.result = List.copyOf(trace.result());
    this.rotationLimbs = Collections.unmodifiableSortedMap(new TreeMap<>(trace.rotations()));
    this.relinearizationLimbs = trace.relinearization();
    this.costs = computeCosts(trace);
    this.digestHex = computeDigest();
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
    ModelContext context = ModelContext.of(shape, ranges, mode, tokenClass, parameters);
    return new InferencePlan(context, PlanTrace.run(context));
  }

  /** Plans of every token class that fits the model, smallest first. */
  public static List<InferencePlan> all(
      ModelShape shape, Ranges ranges, InferenceMode mode, CkksParameters parameters) {
    List<InferencePlan> plans = new ArrayList<>();
    for (int tokenClass : tokenClasses(shape, parameters)) {
      plans.add(of(shape, ranges, mode, tokenClass, parameters));
    }
    return plans;
  }

  /**
   * Token classes whose blocks hold a padded head; a class larger than the model's positions is
   * kept only when no smaller one covers them.
   */
  public static List<Integer> tokenClasses(ModelShape shape, CkksParameters parameters) {
    List<Integer> classes = new ArrayList<>();
    for (int tokenClass : TokenLayout.CLASSES) {
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

  ModelContext context() {
    return context;
  }

  public InferenceMode mode() {
    return context.mode();
  }

  /** T: the most tokens, [CLS] and [SEP] included. */
  public int tokenClass() {
    return context.tokens();
  }

  public CkksParameters parameters() {
    return context.parameters();
  }

  /** Fresh encryptions the client sends before round 0. */
  public List<CiphertextSpec> inputs() {
    return inputs;
  }

  public List<Round> rounds() {
    return rounds;
  }

  /** What the server sends at the end. */
  public List<CiphertextSpec> result() {
    return result;
  }

  /** Rotation step → most limbs it is used at. */
  public SortedMap<Integer, Integer> rotationLimbs() {
    return rotationLimbs;
  }

  /** Most limbs a product is relinearised at. */
  public int relinearizationLimbs() {
    return relinearizationLimbs;
  }

  public PlanCosts costs() {
    return costs;
  }

  /** SHA-256 over everything both sides must agree on, in hexadecimal. */
  public String digestHex() {
    return digestHex;
  }

  private PlanCosts computeCosts(PlanTrace trace) {
    long up = bytes(inputs, 1);
    long down = bytes(result, 2);
    for (Round round : rounds) {
      up += bytes(round.up(), 1);
      down += bytes(round.down(), 2);
    }
    return new PlanCosts(
        trace.operations().toMap(),
        rounds.size(),
        up,
        down,
        new KeyRequirements(rotationLimbs, relinearizationLimbs).payloadBytes(parameters()),
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

  private String computeDigest() {
    StringBuilder text = new StringBuilder("cipherstream plan " + VERSION + '\n');
    text.append(context.shape()).append('\n').append(mode()).append(' ').append(tokenClass());
    text.append('\n').append(parameters().digestHex()).append('\n');
    append(text, "in", inputs);
    for (Round round : rounds) {
      text.append(round.layer()).append(' ').append(round.operation()).append('\n');
      append(text, "down", round.down());
      append(text, "up", round.up());
    }
    append(text, "out", result);
    text.append(rotationLimbs).append(relinearizationLimbs);
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
