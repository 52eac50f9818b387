package io.cipherstream.server.serving;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The models that are served or left out, and whether all served models are warm and the appliance
 * is not stopping. Thread-safe.
 */
public final class ModelCatalog implements AutoCloseable {

  private static final String UNLOADED = "unloaded";

  private final SortedMap<String, ServedModel> models = new ConcurrentSkipListMap<>();
  private final SortedMap<String, String> leftOut = new ConcurrentSkipListMap<>();
  private final ModelUses uses = new ModelUses();
  private volatile boolean ready;
  private volatile String progress = "starting";
  private volatile int stopping;

  public void add(ServedModel model) {
    models.put(model.name(), model);
    leftOut.remove(model.name());
  }

  /**
   * Keeps a model's weights until the use is closed, even if it is unloaded meanwhile.
   *
   * @throws ProblemException if it is no longer served
   */
  public Use use(ServedModel model) {
    uses.begin(model);
    try {
      if (!require(model.name()).equals(model)) { // a package that was loaded again is another
        throw left(model.name(), UNLOADED);
      }
      return new Use(model);
    } catch (ProblemException e) {
      uses.end(model);
      throw e;
    }
  }

  /** Something that computes with a model. Thread-safe. */
  public final class Use implements AutoCloseable {
    private final ServedModel model;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Use(ServedModel model) {
      this.model = model;
    }

    /** May block; closing twice does nothing. */
    @Override
    public void close() {
      if (!closed.getAndSet(true)) {
        uses.end(model);
      }
    }
  }

  /**
   * Takes a model out of service.
   *
   * @param close called when nothing computes with it any more
   * @throws ProblemException {@link ProblemType#MODEL_UNKNOWN} for one that is not served
   */
  void unload(String name, Consumer<ServedModel> close) {
    ServedModel model = models.remove(name);
    if (model == null) {
      throw unknown(name);
    }
    leftOut.put(name, UNLOADED);
    uses.giveUp(model, close);
  }

  /**
   * Records a model that is not served.
   *
   * @param reason {@code too-large} or {@code broken}
   */
  public void leaveOut(String name, String reason) {
    leftOut.put(name, reason);
  }

  /** Models that could not be loaded. */
  public long failed() {
    return leftOut.values().stream().filter(reason -> !reason.equals(UNLOADED)).count();
  }

  /** Models that are not served, with the reason; also {@code unloaded}. */
  public SortedMap<String, String> leftOut() {
    return Collections.unmodifiableSortedMap(leftOut);
  }

  public void progress(String line) {
    progress = line;
  }

  public String progress() {
    return progress;
  }

  /** All models are encoded and warm. */
  public void markReady() {
    ready = true;
    progress = "ready";
  }

  public boolean isReady() {
    return ready && stopping == 0;
  }

  /**
   * Refuses new work from now on.
   *
   * @param retryAfterSeconds when to try again; above 0
   */
  public void markStopping(int retryAfterSeconds) {
    stopping = retryAfterSeconds;
  }

  /** Takes new work again after {@link #markStopping}. */
  public void markRunning() {
    stopping = 0;
  }

  /**
   * Checks that new work may start.
   *
   * @throws ProblemException {@link ProblemType#SHUTTING_DOWN} once the appliance stops
   */
  public void requireRunning(String received) {
    int seconds = stopping;
    if (seconds > 0) {
      throw ProblemException.shuttingDown(received, seconds);
    }
  }

  public Collection<ServedModel> all() {
    return List.copyOf(models.values());
  }

  /**
   * @throws ProblemException {@link ProblemType#NOT_READY} while models are being loaded, {@link
   *     ProblemType#MODEL_LEFT_OUT} or {@link ProblemType#MODEL_UNKNOWN} afterwards
   */
  public ServedModel require(String name) {
    ServedModel model = models.get(name);
    if (model != null) {
      return model;
    }
    if (!ready) {
      throw notReady();
    }
    String reason = leftOut.get(name);
    throw reason == null ? unknown(name) : left(name, reason);
  }

  private ProblemException left(String name, String reason) {
    return ProblemException.of(
        ProblemType.MODEL_LEFT_OUT,
        "model '" + name + "', which is " + reason,
        "one of " + models.keySet(),
        "ask the operator: the appliance's log says why it is left out");
  }

  private ProblemException unknown(String name) {
    return ProblemException.of(
        ProblemType.MODEL_UNKNOWN,
        "model '" + name + "'",
        "one of " + models.keySet(),
        "ask for a model that is served, or add its package");
  }

  /**
   * Checks that every model is available.
   *
   * @throws ProblemException {@link ProblemType#NOT_READY} until all models are warm, {@link
   *     ProblemType#SHUTTING_DOWN} once the appliance stops
   */
  public void requireReady() {
    requireRunning("a request");
    requireLoaded();
  }

  /**
   * Checks that the configured models were loaded, whether or not new work may start.
   *
   * @throws ProblemException {@link ProblemType#NOT_READY} until then
   */
  void requireLoaded() {
    if (!ready) {
      throw notReady();
    }
  }

  private ProblemException notReady() {
    return ProblemException.of(
            ProblemType.NOT_READY, "a request while: " + progress, "a ready appliance", "try again")
        .with("progress", progress)
        .with("retryAfterSeconds", 2);
  }

  @Override
  public void close() {
    ready = false;
    uses.close();
    models.values().forEach(ServedModel::close);
    models.clear();
  }
}
