package io.cipherstream.server.serving;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ring.EngineException;
import io.cipherstream.transformer.FallbackRun;
import io.cipherstream.transformer.ServerRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One inference of what is no transformer, in one step. When its engine fails, the trusted
 * evaluator computes all of it again, with the same words. Not thread-safe.
 */
final class RoundlessRun implements ServerRun {

  /** What is computed. */
  interface Program {
    /**
     * @param received stay open
     * @return the answers; the caller closes them
     */
    List<Ciphertext> run(CkksEvaluator on, List<HostCiphertext> received);
  }

  private final Program program;
  private final Optional<FallbackRun.Primary> primary;
  private final CkksEvaluator trusted;
  private CkksEvaluator on;

  /**
   * @param primary empty if the trusted evaluator computes
   */
  RoundlessRun(Program program, Optional<FallbackRun.Primary> primary, CkksEvaluator trusted) {
    this.program = program;
    this.primary = primary;
    this.trusted = trusted;
    this.on = primary.map(FallbackRun.Primary::evaluator).orElse(trusted);
  }

  @Override
  public List<HostCiphertext> step(List<HostCiphertext> received) {
    try {
      return computed(received);
    } catch (EngineException e) {
      boolean ours =
          e.kind() == EngineException.Kind.PROGRAM || e.kind() == EngineException.Kind.TRANSFER;
      if (ours || on == trusted) {
        throw e;
      }
      primary.ifPresent(tried -> tried.failed().accept(e));
      on = trusted;
      return computed(received);
    } finally {
      received.forEach(HostCiphertext::close);
    }
  }

  private List<HostCiphertext> computed(List<HostCiphertext> received) {
    List<Ciphertext> answers = program.run(on, received);
    List<HostCiphertext> taken = new ArrayList<>();
    try {
      answers.forEach(answer -> taken.add(on.take(answer)));
      return taken;
    } catch (RuntimeException | Error e) {
      taken.forEach(HostCiphertext::close);
      throw e;
    } finally {
      answers.forEach(Ciphertext::close);
    }
  }

  @Override
  public String engine() {
    return on.name();
  }

  @Override
  public Optional<String> failedEngine() {
    return on == trusted ? primary.map(tried -> tried.evaluator().name()) : Optional.empty();
  }

  @Override
  public void close() {
    primary.ifPresent(tried -> tried.done().run());
  }
}
