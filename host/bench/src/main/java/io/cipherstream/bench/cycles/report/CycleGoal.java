package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.report.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the core has to reach, and what the simulation of the whole core showed.
 *
 * @param reached measured figure
 * @param limit at least for a share, at most for a ratio
 * @param share whether the figure is a share of the butterfly slots rather than a ratio of cycles
 */
public record CycleGoal(CycleMeasurement of, double reached, double limit, boolean share) {

  /** Least share of butterfly slots used over a batch, loads and stores included. */
  public static final double BUSY_MIN = 0.90;

  /** The share that is aimed at. */
  public static final double BUSY_AIM = 0.95;

  /** Most cycles of a rotation on one NTT unit, as a multiple of its butterfly bound. */
  public static final double ROTATION_MAX = 1.25;

  private static final int DEGREE = 8192;
  private static final int BATCH = 16;
  private static final int ROTATION_LIMBS = 3;
  private static final List<Integer> LANES = List.of(4, 16);

  /** The goals that a run measured: batches and rotations at N = 8192, simulated, P = 4 and 16. */
  public static List<CycleGoal> of(CycleReport report) {
    List<CycleGoal> goals = new ArrayList<>();
    for (CycleMeasurement m : report.measurements()) {
      CycleCase what = m.what();
      boolean counts =
          m.simulated() != null
              && what.degree() == DEGREE
              && LANES.contains(report.core(m.configuration()).lanes());
      if (counts && what.kind() == Kind.TRANSFORM && what.limbs() == BATCH) {
        goals.add(new CycleGoal(m, m.butterflyBound() / m.cycles(), BUSY_MIN, true));
      }
      if (counts && what.kind() == Kind.ROTATION && what.limbs() == ROTATION_LIMBS) {
        goals.add(new CycleGoal(m, m.cycles() / m.butterflyBound(), ROTATION_MAX, false));
      }
    }
    return goals;
  }

  public boolean holds() {
    return share ? reached >= limit : reached <= limit;
  }

  /** What has to be reached, in words. */
  public String text() {
    return share
        ? of.what().name() + " × " + BATCH + ": butterfly slots used, loads and stores included"
        : "rotation at L = " + ROTATION_LIMBS + ": cycles to butterfly bound";
  }

  /** The figure as readers see it. */
  public String figure() {
    return share ? Figures.percent(reached, 1) : String.format(Locale.ROOT, "%.3f", reached);
  }

  /** The limit as readers see it. */
  public String limitText() {
    return share
        ? "≥ " + Figures.percent(limit, 1) + ", aim " + Figures.percent(BUSY_AIM, 1)
        : "≤ " + limit;
  }
}
