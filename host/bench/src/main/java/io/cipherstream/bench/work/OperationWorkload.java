package io.cipherstream.bench.work;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksParameters;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One CKKS operation on an evaluator. Where operations return before they are finished, several are
 * started and then waited for together, by one limb of their sum.
 */
final class OperationWorkload implements Workload {

  /** Operations to start before waiting, where they return unfinished. */
  static final int IN_FLIGHT = 16;

  private final CkksOperation operation;
  private final Subject subject;
  private final Operands operands;
  private final int inFlight;

  OperationWorkload(CkksOperation operation, Subject subject, int limbs) {
    this.operation = operation;
    this.subject = subject;
    this.inFlight =
        subject.asynchronous() && operation.givesWords() && !operation.isLong() ? IN_FLIGHT : 1;
    try {
      this.operands = new Operands(subject, limbs, operation);
    } catch (RuntimeException | Error e) {
      subject.close();
      throw e;
    }
  }

  private final class Calls implements Lane {

    private final ByteBuffer oneLimb =
        SeededWords.direct(3L * subject.evaluator().parameters().degree());

    @Override
    public Object once() {
      List<Ciphertext> results = new ArrayList<>();
      try {
        for (int i = 0; i < inFlight; i++) {
          results.addAll(operation.run(operands));
        }
        if (subject.asynchronous() && !results.isEmpty()) {
          await(results);
        }
        return results;
      } finally {
        results.forEach(Ciphertext::close);
      }
    }

    private void await(List<Ciphertext> results) {
      try (Ciphertext sum = subject.evaluator().sum(results);
          Ciphertext limb = subject.evaluator().dropTo(sum, 1)) {
        limb.copyWordsTo(oneLimb.clear());
      }
    }

    @Override
    public void close() {
      // Its memory goes with it.
    }
  }

  @Override
  public Lane lane() {
    return new Calls();
  }

  @Override
  public int perCall() {
    return inFlight;
  }

  @Override
  public @Nullable String wordsDigest() {
    if (!operation.givesWords()) {
      return null;
    }
    CkksParameters parameters = subject.evaluator().parameters();
    MessageDigest digest = SeededWords.digest();
    List<Ciphertext> results = operation.run(operands);
    try {
      for (Ciphertext result : results) {
        ByteBuffer words = SeededWords.direct(result.words(parameters));
        result.copyWordsTo(words);
        digest.update(words.flip());
      }
    } finally {
      results.forEach(Ciphertext::close);
    }
    return SeededWords.hex(digest);
  }

  @Override
  public void close() {
    operands.close();
    subject.close();
  }
}
