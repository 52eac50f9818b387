package io.cipherstream.ring;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes a random sample of the programs of one engine on another and compares every word of
 * the arguments they write, and the zero count.
 *
 * <p>Buffers are the primary engine's. A program of the sample runs within {@link #submit}, which
 * throws an {@link EngineException} of kind MISMATCH if the engines differ; others go to the
 * primary engine as they are. A program for which the reference has too little memory counts as
 * skipped.
 */
public final class CrossCheckedEngine extends ForwardingEngine {

  /** Hears of what was compared; called on submitting threads. */
  public interface Listener {

    /** Both engines gave the same. */
    default void checked(LimbProgram program) {}

    /** They did not: about to be thrown by {@link #submit}. */
    default void mismatch(LimbProgram program, EngineException difference) {}

    /** The reference could not run the program. */
    default void skipped(LimbProgram program, EngineException why) {}
  }

  /**
   * What was compared so far.
   *
   * @param checked programs run on both engines, mismatches among them
   * @param mismatches programs whose results differed
   * @param skipped programs of the sample that the reference had no memory for
   */
  public record Counts(long checked, long mismatches, long skipped) {}

  private final LimbEngine primary;
  private final LimbEngine reference;
  private final double rate;
  private final SplittableRandom random;
  private final Listener listener;
  private final LongAdder checked = new LongAdder();
  private final LongAdder mismatches = new LongAdder();
  private final LongAdder skipped = new LongAdder();

  /**
   * @param reference closed together with the primary engine
   * @param rate part of the programs to check, 0 to 1
   * @throws IllegalArgumentException if the engines' rings differ or the rate is out of range
   */
  public CrossCheckedEngine(
      LimbEngine primary, LimbEngine reference, double rate, long seed, Listener listener) {
    super(primary);
    if (!primary.ring().equals(reference.ring())) {
      throw new IllegalArgumentException(
          "engines to compare are for the " + primary.ring() + " and the " + reference.ring());
    }
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("rate " + rate + ", expected 0 to 1");
    }
    this.primary = primary;
    this.reference = reference;
    this.rate = rate;
    this.random = new SplittableRandom(seed);
    this.listener = listener;
  }

  /** What was compared so far. */
  public Counts counts() {
    return new Counts(checked.sum(), mismatches.sum(), skipped.sum());
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    if (!chosen() || arguments.size() != program.arguments().size()) {
      return super.submit(program, arguments);
    }
    List<LimbBuffer> copies = new ArrayList<>();
    try (Staging staging = new Staging()) {
      ProgramResult expected = null;
      List<LimbView> views = new ArrayList<>();
      try {
        for (LimbView argument : arguments) {
          LimbBuffer copy = reference.allocate(argument.words());
          copies.add(copy);
          staging.copy(primary, argument, reference, copy);
          views.add(LimbView.of(copy));
        }
        expected = reference.submit(program, views).await();
      } catch (EngineException e) {
        if (e.kind() != EngineException.Kind.MEMORY) {
          throw e;
        }
        skipped.increment();
        listener.skipped(program, e);
      }
      Completion completion = primary.submit(program, arguments);
      if (expected != null) {
        compare(program, completion.await(), arguments, expected, views, staging);
      }
      return completion;
    } finally {
      copies.forEach(LimbBuffer::close);
    }
  }

  private boolean chosen() {
    synchronized (random) {
      return random.nextDouble() < rate;
    }
  }

  private void compare(
      LimbProgram program,
      ProgramResult got,
      List<LimbView> gotViews,
      ProgramResult expected,
      List<LimbView> expectedViews,
      Staging staging) {
    String text = null;
    if (got.zeroWords() != expected.zeroWords()) {
      text = "zero words: " + got.zeroWords() + ", expected " + expected.zeroWords();
    }
    for (int i = 0; i < gotViews.size() && text == null; i++) {
      Segment segment = program.arguments().get(i);
      if (segment.access().writable()) {
        Staging.@Nullable Difference difference =
            staging.difference(primary, gotViews.get(i), reference, expectedViews.get(i));
        text = difference == null ? null : text(segment, difference);
      }
    }
    checked.increment();
    if (text == null) {
      listener.checked(program);
      return;
    }
    mismatches.increment();
    EngineException mismatch =
        new EngineException(
            EngineException.Kind.MISMATCH,
            program.name()
                + ": engine "
                + primary.name()
                + " differs from "
                + reference.name()
                + ": "
                + text);
    listener.mismatch(program, mismatch);
    throw mismatch;
  }

  static String text(Segment segment, Staging.Difference difference) {
    return "segment "
        + segment.name()
        + ", word "
        + difference.word()
        + ": "
        + Long.toUnsignedString(difference.left())
        + ", expected "
        + Long.toUnsignedString(difference.right());
  }

  /** Closes both engines. */
  @Override
  public void close() {
    try {
      super.close();
    } finally {
      reference.close();
    }
  }
}
