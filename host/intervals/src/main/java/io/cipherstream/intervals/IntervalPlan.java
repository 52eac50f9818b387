package io.cipherstream.intervals;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.RoundlessPlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * What client and appliance agree on for a mode and a number of chunks: the ciphertexts of a query
 * and of its answer. It needs a relinearisation key of {@link #RELINEARIZATION_LIMBS} limbs and no
 * rotation, since the client adds up the slots.
 *
 * <p>The scales make the last rescale exact: a pair's answer has scale 2³⁸, a single's 2³²·2⁵⁰/q₂.
 *
 * @param chunks a power of two up to {@link #CHUNKS_MAX}
 */
public record IntervalPlan(IntervalMode mode, int chunks) implements RoundlessPlan {

  /** Incremented whenever the program takes, sends or computes something else. */
  public static final int VERSION = 1;

  /** The smallest set with two products: N = 8192, data primes of 50, 38, 38 and 38 bits. */
  public static final CkksParameters PARAMETERS = CkksParameters.N8192;

  /** Most chunks of a track. */
  public static final int CHUNKS_MAX = 128;

  /** Most limbs at which a product is relinearised. */
  public static final int RELINEARIZATION_LIMBS = Plane.LIMBS;

  /** Most lanes in which chunks are computed at one time. */
  static final int LANES_MAX = 8;

  /** Most ciphertexts of three limbs and three polynomials that a lane has open. */
  private static final int WORKING = 12;

  /** Every plan. */
  public static List<IntervalPlan> all() {
    List<IntervalPlan> plans = new ArrayList<>();
    for (IntervalMode mode : IntervalMode.values()) {
      for (int chunks = 1; chunks <= CHUNKS_MAX; chunks *= 2) {
        plans.add(new IntervalPlan(mode, chunks));
      }
    }
    return plans;
  }

  @Override
  public String label() {
    return mode.label();
  }

  @Override
  public int size() {
    return chunks;
  }

  @Override
  public CkksParameters parameters() {
    return PARAMETERS;
  }

  @Override
  public int relinearizationLimbs() {
    return RELINEARIZATION_LIMBS;
  }

  /** Lanes in which chunks are computed: lane i takes chunk i and each that is this much on. */
  int lanes() {
    return Math.min(chunks, LANES_MAX);
  }

  /** Of one chunk of the query's region. */
  CiphertextForm mask() {
    return switch (mode) {
      case SINGLE -> new CiphertextForm(2, Plane.LIMBS, 0x1p50);
      case PAIR -> new CiphertextForm(2, Plane.LIMBS - 1, PARAMETERS.dataPrime(1).value());
    };
  }

  private CiphertextForm answer() {
    return switch (mode) {
      case SINGLE ->
          new CiphertextForm(
              2,
              Plane.LIMBS - 1,
              Plane.COVERED.form().scale() * mask().scale() / PARAMETERS.dataPrime(2).value());
      case PAIR -> new CiphertextForm(2, Plane.LIMBS - 2, Plane.TOUCHED.form().scale());
    };
  }

  /** What the client sends: the region, 1 in its bins and 0 elsewhere, chunk by chunk. */
  @Override
  public List<CiphertextForm> inputs() {
    return Collections.nCopies(chunks, mask());
  }

  /** What the appliance answers: of a single one sum of all chunks, of a pair each chunk. */
  @Override
  public List<CiphertextForm> result() {
    return Collections.nCopies(mode == IntervalMode.SINGLE ? 1 : chunks, answer());
  }

  /** Most words of ciphertexts that the program has open at one time. */
  @Override
  public long words() {
    long working = (long) lanes() * WORKING * 3 * Plane.LIMBS * PARAMETERS.degree();
    return working + result().stream().mapToLong(form -> form.words(PARAMETERS)).sum();
  }

  /** Words of what the client sends, all of which a run that is started again needs. */
  @Override
  public long keptWords() {
    return inputs().stream().mapToLong(form -> form.words(PARAMETERS)).sum();
  }

  /** SHA-256 in hexadecimal of the plan's text, which docs/protocol.md shows. */
  @Override
  public String digestHex() {
    String text =
        "cipherstream intervals plan "
            + VERSION
            + '\n'
            + mode.name()
            + ' '
            + chunks
            + '\n'
            + PARAMETERS.digestHex()
            + '\n'
            + line("in", mask(), chunks)
            + line("out", answer(), result().size())
            + RELINEARIZATION_LIMBS;
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String line(String what, CiphertextForm form, int count) {
    return String.format(
        Locale.ROOT, "%s %d %d@%s\n", what, count, form.limbs(), Double.toHexString(form.scale()));
  }
}
