package io.cipherstream.server.serving;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.intervals.IntervalProgram;
import io.cipherstream.intervals.TrackSource;
import io.cipherstream.ring.EngineException;
import io.cipherstream.transformer.FallbackRun;
import io.cipherstream.transformer.ServerRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One query of stored tracks, in one step. When its engine fails, the trusted evaluator computes
 * all of it again, with the same words. Not thread-safe.
 */
final class TrackRun implements ServerRun {

  private final IntervalPlan plan;
  private final List<StoredTrack> tracks;
  private final CryptoBackend backend;
  private final EvaluationKeys keys;
  private final Optional<FallbackRun.Primary> primary;
  private final CkksEvaluator trusted;
  private CkksEvaluator on;

  /**
   * @param primary empty if the trusted evaluator computes
   */
  TrackRun(
      IntervalPlan plan,
      List<StoredTrack> tracks,
      CryptoBackend backend,
      EvaluationKeys keys,
      Optional<FallbackRun.Primary> primary,
      CkksEvaluator trusted) {
    this.plan = plan;
    this.tracks = List.copyOf(tracks);
    this.backend = backend;
    this.keys = keys;
    this.primary = primary;
    this.trusted = trusted;
    this.on = primary.map(FallbackRun.Primary::evaluator).orElse(trusted);
  }

  @Override
  public List<HostCiphertext> step(List<HostCiphertext> masks) {
    try {
      return computed(masks);
    } catch (EngineException e) {
      boolean ours =
          e.kind() == EngineException.Kind.PROGRAM || e.kind() == EngineException.Kind.TRANSFER;
      if (ours || on == trusted) {
        throw e;
      }
      primary.ifPresent(tried -> tried.failed().accept(e));
      on = trusted;
      return computed(masks);
    } finally {
      masks.forEach(HostCiphertext::close);
    }
  }

  private List<HostCiphertext> computed(List<HostCiphertext> masks) {
    TrackSource source =
        (track, plane, chunk) -> {
          int index = plane.index(chunk, plan.chunks());
          try (HostCiphertext stored = tracks.get(track).read(plane.form(), index, backend)) {
            return on.bring(stored);
          }
        };
    List<Ciphertext> answers =
        new IntervalProgram(on, keys).run(plan, source, k -> on.bring(masks.get(k)));
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
