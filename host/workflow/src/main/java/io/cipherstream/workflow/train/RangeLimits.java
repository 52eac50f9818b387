package io.cipherstream.workflow.train;

import io.cipherstream.model.sealed.Quantity;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The limits within which training keeps the values of a polynomial encoder.
 *
 * @param limits by quantity; those without one are not penalised
 */
public record RangeLimits(Map<Quantity, Double> limits) {

  /** For training. */
  public static final RangeLimits TRAINING =
      new RangeLimits(
          Map.ofEntries(
              Map.entry(Quantity.SCORE, 3.0),
              Map.entry(Quantity.WEIGHT, 9.0),
              Map.entry(Quantity.QUERY, 6.0),
              Map.entry(Quantity.KEY, 6.0),
              Map.entry(Quantity.VALUE, 6.0),
              Map.entry(Quantity.MIXED, 6.0),
              Map.entry(Quantity.RESIDUAL, 6.0),
              Map.entry(Quantity.PRE_ACTIVATION, 5.0),
              Map.entry(Quantity.ACTIVATION, 8.0),
              Map.entry(Quantity.FEED_FORWARD, 8.0),
              Map.entry(Quantity.OUTPUT, 8.0),
              Map.entry(Quantity.LOGIT, 10.0)));

  /** For hardening a trained model. */
  public static final RangeLimits HARDENED =
      TRAINING
          .with(Quantity.SCORE, 2.5)
          .with(Quantity.WEIGHT, 6.25)
          .with(Quantity.MIXED, 4)
          .with(Quantity.RESIDUAL, 5)
          .with(Quantity.PRE_ACTIVATION, 4)
          .with(Quantity.ACTIVATION, 6)
          .with(Quantity.FEED_FORWARD, 5)
          .with(Quantity.OUTPUT, 5);

  /** In the order of quantities, since the text of the settings identifies a training. */
  public RangeLimits {
    Map<Quantity, Double> ordered = new EnumMap<>(Quantity.class);
    ordered.putAll(limits);
    limits = Collections.unmodifiableMap(ordered);
  }

  /** The same with another limit. */
  public RangeLimits with(Quantity quantity, double limit) {
    Map<Quantity, Double> changed = new EnumMap<>(Quantity.class);
    changed.putAll(limits);
    changed.put(quantity, limit);
    return new RangeLimits(changed);
  }

  /** A quantity's limit; 0 if it has none. */
  public double of(Quantity quantity) {
    return limits.getOrDefault(quantity, 0.0);
  }
}
