package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.intervals.ChunkLanes;
import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.Parallel;
import io.cipherstream.transformer.ServerRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/**
 * Queries on tracks of genomic intervals, which the tenants themselves have stored: what a model
 * is, without weights and without a package. It is served where {@code models} names it.
 */
public final class IntervalsModel implements ServedModel {

  /** Its name among the models. */
  public static final String NAME = "intervals";

  private final EngineBackend backend;
  private final ChunkLanes lanes;
  private final Map<AgreedPlan, IntervalPlan> plans = new LinkedHashMap<>();

  /**
   * @param backend of {@link IntervalPlan#PARAMETERS}; stays the caller's
   * @param workers that compute, beside the thread of a step
   */
  IntervalsModel(EngineBackend backend, ExecutorService workers) {
    this.backend = backend;
    Parallel parallel = new Parallel(workers, Runtime.getRuntime().availableProcessors());
    this.lanes = parallel::each;
    IntervalPlan.all().forEach(plan -> plans.put(AgreedPlan.of(plan), plan));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return String.valueOf(IntervalPlan.VERSION);
  }

  /** Slots of numbers, which only the client can name. */
  @Override
  public ModelAnswers answers() {
    return new ModelAnswers("vector", "none", List.of(), null, false);
  }

  /** SHA-256 of the digests of all plans. */
  @Override
  public String packageDigest() {
    String all =
        plans.keySet().stream().map(AgreedPlan::digestHex).collect(Collectors.joining("\n"));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public Optional<Path> clientPackage() {
    return Optional.empty();
  }

  @Override
  public List<AgreedPlan> plans() {
    return List.copyOf(plans.keySet());
  }

  @Override
  public CryptoBackend backend(CkksParameters parameters) {
    return backend;
  }

  @Override
  public String engine() {
    return backend.name();
  }

  @Override
  public long weightBytes() {
    return 0;
  }

  /** Tracks and queries are the client's; the appliance has nothing that an answer could tell. */
  @Override
  public boolean secret() {
    return false;
  }

  @Override
  public int tracks(AgreedPlan plan) {
    return of(plan).mode().tracks();
  }

  private IntervalPlan of(AgreedPlan plan) {
    IntervalPlan known = plans.get(plan);
    if (known == null) {
      throw new IllegalArgumentException("a plan of another model: " + plan.digestHex());
    }
    return known;
  }

  @Override
  public ServerRun start(AgreedPlan plan, EvaluationKeys keys, List<StoredTrack> tracks) {
    return backend.start(new TrackQuery(of(plan), tracks, backend, keys, lanes));
  }

  @Override
  public void close() {}
}
