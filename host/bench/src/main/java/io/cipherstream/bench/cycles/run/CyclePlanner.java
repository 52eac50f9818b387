package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.CyclePrediction;
import io.cipherstream.bench.cycles.MemoryShape;
import io.cipherstream.bench.cycles.Prediction;
import io.cipherstream.bench.cycles.report.CardPlan;
import io.cipherstream.bench.cycles.report.CycleCase;
import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.bench.cycles.report.Yardstick;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Predicts what cards with one or several compute units would do, operands and keys in the card's
 * memory. Units work on different programs and share the memory's bandwidth evenly.
 */
final class CyclePlanner {

  /** Compute units to plan with. */
  static final List<Integer> UNITS = List.of(1, 2, 4, 8);

  /** Latency of a card's memory, each way: 267 ns at 300 MHz, an assumption on the safe side. */
  static final int LATENCY_CYCLES = 80;

  private final CasePrograms programs;
  private final Path bitstreams;

  /**
   * @param bitstreams folder of all boards
   */
  CyclePlanner(CasePrograms programs, Path bitstreams) {
    this.programs = programs;
    this.bitstreams = bitstreams;
  }

  /** Plans with every configuration of the Alveo cards. */
  List<CardPlan> plans() {
    List<CoreConfiguration> cards = CoreConfiguration.ofBoards(bitstreams, "alveo-");
    List<CardPlan> plans = new ArrayList<>();
    for (CoreConfiguration card : cards) {
      for (int units : UNITS) {
        plans.add(plan(card, units));
      }
    }
    return plans;
  }

  /** Banks of the memory that {@code board.json} names; empty if there is none. */
  private String connected(CoreConfiguration card) {
    Path file = bitstreams.resolve(card.board()).resolve("board.json");
    return Files.exists(file) ? CoreConfiguration.tree(file).path("memory").asText("") : "";
  }

  private CardPlan plan(CoreConfiguration card, int units) {
    double bytesPerCycle = card.bytesPerSecond() / (card.clockMhz() * 1e6);
    MemoryShape memory = new MemoryShape(LATENCY_CYCLES, bytesPerCycle / units);
    List<CardPlan.Rate> rates = new ArrayList<>();
    for (Yardstick y : Yardstick.HEAX) {
      int bits = Integer.numberOfTrailingZeros(y.degree());
      if (bits >= card.core().degreeBitsMin() && bits <= card.core().degreeBitsMax()) {
        rates.add(rate(card, units, memory, y, bytesPerCycle));
      }
    }
    return new CardPlan(
        card.name(),
        card.board(),
        connected(card),
        card.core().lanes(),
        units,
        card.clockMhz(),
        card.bytesPerSecond(),
        LATENCY_CYCLES,
        rates);
  }

  private CardPlan.Rate rate(
      CoreConfiguration card, int units, MemoryShape memory, Yardstick y, double bytesPerCycle) {
    Prediction batch =
        predict(card, memory, new CycleCase(Kind.TRANSFORM, "NTT", y.degree(), CasePrograms.BATCH));
    Prediction keySwitch =
        predict(card, memory, new CycleCase(Kind.ROTATION, "rotation", y.degree(), y.limbs()));
    double hertz = card.clockMhz() * 1e6 * units;
    return new CardPlan.Rate(
        y.degree(),
        y.limbs(),
        hertz * CasePrograms.BATCH / batch.cycles(),
        hertz / keySwitch.cycles(),
        Math.round(keySwitch.allBytes()),
        units * keySwitch.allBytes() / keySwitch.cycles() / bytesPerCycle);
  }

  private Prediction predict(CoreConfiguration card, MemoryShape memory, CycleCase what) {
    return CyclePrediction.of(programs.program(what, card.core().nttUnits()), card.core(), memory);
  }
}
