package io.cipherstream.engine;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealArithmetic;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that computes for one parameter set: the {@link #trusted} evaluator always, and the
 * chosen engine for limb programs before it.
 *
 * <p>After a device has failed, inferences go to the trusted evaluator; the device is opened again
 * after {@link #RETRY_FIRST}, then after twice as long, and so on up to {@link #RETRY_MAX}, until
 * an inference has ended well on it. Safe for concurrent use.
 */
public final class ComputeEngine implements AutoCloseable {

  /** Pause before a failed device is tried again. */
  public static final Duration RETRY_FIRST = Duration.ofSeconds(30);

  /** Longest pause between tries. */
  public static final Duration RETRY_MAX = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(ComputeEngine.class);

  private final CkksParameters parameters;
  private final EngineChoice choice;
  private final Reference reference;
  private final @Nullable Supplier<LimbEngine> opener;
  private final long residentBytesMax;
  private final EngineEvents events;
  private final LongSupplier nanoTime;
  private @Nullable Opened opened;
  private int users;
  private boolean opening;
  private Duration pause = RETRY_FIRST;
  private long retryAt;
  private boolean closed;

  /** An open engine, its evaluator, and how many inferences use it. */
  private static final class Opened {
    final LimbEngine engine;
    final CkksEvaluator evaluator;
    int users;
    boolean failed;

    Opened(LimbEngine engine, CkksEvaluator evaluator) {
      this.engine = engine;
      this.evaluator = evaluator;
    }

    /**
     * Frees what can be freed: a lost device may well fail here too, and nobody is left to care.
     */
    void close() {
      try (engine;
          evaluator) {
        LOG.debug("engine {} is closed", engine.name());
      } catch (RuntimeException e) {
        LOG.warn("engine {} did not close in order: {}", engine.name(), e.toString());
      }
    }
  }

  /**
   * @param opener makes the engine for limb programs, again after each failure; null for SEAL alone
   * @param nanoTime a clock such as {@link System#nanoTime}
   * @throws EngineException if the engine cannot be opened
   */
  ComputeEngine(
      CkksParameters parameters,
      EngineChoice choice,
      SealArithmetic seal,
      @Nullable Supplier<LimbEngine> opener,
      long residentBytesMax,
      EngineEvents events,
      LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.parameters = parameters;
    this.choice = choice;
    this.reference = Reference.of(parameters, seal, residentBytesMax);
    this.opener = opener;
    this.residentBytesMax = residentBytesMax;
    this.events = events;
    if (opener != null) {
      this.opened = open(opener);
    }
  }

  private Opened open(Supplier<LimbEngine> from) {
    LimbEngine engine = from.get();
    try {
      return new Opened(
          engine, new CkksEvaluator(new LimbArithmetic(parameters, engine, residentBytesMax)));
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  /** What was chosen and why. */
  public EngineChoice choice() {
    return choice;
  }

  /** Name of what computes now: the engine, or the fallback while the engine is out of order. */
  public synchronized String name() {
    return opened == null ? reference.evaluator().name() : opened.engine.name();
  }

  /** SEAL's arithmetic, which holds keys and expands seeds; stays open until this is closed. */
  public SealArithmetic seal() {
    return reference.seal();
  }

  /**
   * The reference and the fallback: SEAL's evaluator, or, of a set with several special primes,
   * limb programs on SEAL's portable routines. Stays open until this is closed.
   */
  public CkksEvaluator trusted() {
    return reference.evaluator();
  }

  /**
   * The engine for one inference, if it is in order; close the use at the end of the inference.
   * Empty when the trusted evaluator is to be used. When a failed device is due to be tried again,
   * one caller opens it, which may take seconds; others go to the trusted one meanwhile.
   */
  public Optional<Use> use() {
    Supplier<LimbEngine> from = opener;
    synchronized (this) {
      if (closed || from == null) {
        return Optional.empty();
      }
      if (opened != null) {
        return Optional.of(take(opened));
      }
      if (opening || nanoTime.getAsLong() - retryAt < 0) {
        return Optional.empty();
      }
      opening = true;
    }
    return reopen(from);
  }

  private Use take(Opened current) {
    users++;
    current.users++;
    return new Use(current);
  }

  /** Opens without the lock, as everything else would wait for it. */
  private Optional<Use> reopen(Supplier<LimbEngine> from) {
    Opened made = null;
    Optional<Use> use = Optional.empty();
    try {
      made = open(from);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("engine {} is still unusable: {}", choice.spec(), e.toString());
    } finally {
      synchronized (this) {
        opening = false;
        if (made == null) {
          scheduleRetry();
        } else if (!closed) {
          opened = made;
          use = Optional.of(take(made));
        }
      }
    }
    if (use.isPresent()) {
      LOG.info("engine {} is back", choice.spec());
    } else if (made != null) {
      made.close();
    }
    return use;
  }

  private void scheduleRetry() {
    retryAt = nanoTime.getAsLong() + pause.toNanos();
    pause = pause.multipliedBy(2).compareTo(RETRY_MAX) > 0 ? RETRY_MAX : pause.multipliedBy(2);
  }

  /** One inference's use of the engine. Safe for concurrent use. */
  public final class Use implements AutoCloseable {
    private final Opened on;
    private boolean over;
    private boolean fell;

    private Use(Opened on) {
      this.on = on;
    }

    /** Computes on the engine. */
    public CkksEvaluator evaluator() {
      return on.evaluator;
    }

    /**
     * Says that the inference went to the trusted evaluator. A lost device is not used again until
     * it is back; one that was too full, that assumed what did not hold, or whose caller was
     * interrupted, is in order.
     */
    public void failed(EngineException cause) {
      events.fellBack(on.engine.name(), cause);
      LOG.error(
          "engine {} failed, the inference is computed again on {}: {}",
          on.engine.name(),
          reference.evaluator().name(),
          cause.getMessage());
      synchronized (ComputeEngine.this) {
        fell = true;
        if (cause.kind() == EngineException.Kind.MEMORY
            || cause.kind() == EngineException.Kind.INEXACT
            || cause.getCause() instanceof InterruptedException) {
          return;
        }
        on.failed = true;
        if (opened == on) {
          opened = null;
          scheduleRetry();
        }
      }
    }

    @Override
    public void close() {
      boolean idle;
      boolean last;
      synchronized (ComputeEngine.this) {
        if (over) {
          return;
        }
        over = true;
        on.users--;
        users--;
        if (!fell && !on.failed) {
          pause = RETRY_FIRST;
        }
        idle = on.users == 0 && (on.failed || closed);
        last = users == 0 && closed;
      }
      if (idle) {
        on.close();
      }
      if (last) {
        reference.close();
      }
    }
  }

  /** Closes the engine and the reference, when the last use ends: until then it may fall back. */
  @Override
  public void close() {
    Opened idle = null;
    boolean last;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      last = users == 0;
      if (opened != null && opened.users == 0) {
        idle = opened;
      }
      opened = null;
    }
    if (idle != null) {
      idle.close();
    }
    if (last) {
      reference.close();
    }
  }
}
