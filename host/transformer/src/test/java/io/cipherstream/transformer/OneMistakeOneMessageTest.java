package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.OperationObserver.Operation;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.seal.SealArithmetic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SEAL, limb programs and plain slots refuse the same mistakes, in the same words. */
@Tag("native")
class OneMistakeOneMessageTest {

  private static final CkksParameters SET = CkksParameters.N8192;
  private static final double SCALE = 0x1p30;

  private final SealArithmetic seal = new SealArithmetic(SET);
  private final JavaEngine engine = new JavaEngine(SET.ring(), 1L << 30);
  private final SimulatedArithmetic slots = SimulatedArithmetic.withValues(SET);
  private final List<CkksEvaluator> evaluators =
      List.of(
          new CkksEvaluator(seal),
          new CkksEvaluator(new LimbArithmetic(SET, engine, 1 << 20)),
          new CkksEvaluator(slots));

  @AfterEach
  void close() {
    evaluators.forEach(CkksEvaluator::close);
    engine.close();
  }

  /** One evaluator with operands of its own. */
  private final class Operands implements AutoCloseable {
    final CkksEvaluator on;
    final List<AutoCloseable> owned = new ArrayList<>();
    final Ciphertext one;
    final Ciphertext two;
    final Ciphertext other;
    final Ciphertext triple;
    final Plaintext plain;
    final PeriodicPlaintexts rows;

    Operands(CkksEvaluator on) {
      this.on = on;
      this.one = fresh(1, SCALE);
      this.two = fresh(2, SCALE);
      this.other = fresh(2, SCALE * 2);
      this.triple = keep(on.multiply(two, two));
      this.plain = keep(on.encode(new double[] {1}, 1, 0x1p10));
      this.rows = keep(on.encodePeriodic(new double[3][64], 2, 0x1p10));
    }

    private Ciphertext fresh(int limbs, double scale) {
      return keep(
          on.name().equals("simulate")
              ? slots.fresh(new CiphertextSpec(limbs, scale), new double[0])
              : on.importCiphertext(
                  2,
                  limbs,
                  scale,
                  ByteBuffer.allocateDirect(2 * limbs * SET.degree() * Long.BYTES)));
    }

    private <T extends AutoCloseable> T keep(T made) {
      owned.add(made);
      return made;
    }

    @Override
    public void close() throws Exception {
      for (AutoCloseable made : owned) {
        made.close();
      }
    }
  }

  private static Map<String, Consumer<Operands>> mistakes(EvaluationKeys none) {
    Map<String, Consumer<Operands>> all = new LinkedHashMap<>();
    all.put("limbs", b -> b.on.add(b.one, b.two));
    all.put("scales", b -> b.on.subtract(b.two, b.other));
    all.put("no terms", b -> b.on.sum(List.of()));
    all.put("scales in a sum", b -> b.on.sum(List.of(b.two, b.other)));
    all.put("scale of a plaintext", b -> b.on.addPlain(b.two, b.rows, 0));
    all.put("limbs of a plaintext", b -> b.on.multiplyPlain(b.two, b.plain));
    all.put("index", b -> b.on.sumOfPlainProducts(List.of(b.two), b.rows, new int[] {3}));
    all.put("indices", b -> b.on.sumOfPlainProducts(List.of(b.two), b.rows, new int[2]));
    all.put("no index", b -> b.on.sumOfPlainProducts(List.of(b.two), b.rows, new int[] {-1}));
    all.put("size", b -> b.on.multiply(b.triple, b.two));
    all.put("factors", b -> b.on.sumOfProducts(List.of(b.two), List.of()));
    all.put("scale of a product", b -> b.on.multiply(b.one, b.one));
    all.put("size of a rotated", b -> b.on.rotate(b.triple, 1, none));
    all.put("step", b -> b.on.rotate(b.two, SET.slots(), none));
    all.put("size to relinearise", b -> b.on.relinearize(b.two, none));
    all.put("last limb", b -> b.on.rescale(b.one));
    all.put("limbs to drop to", b -> b.on.dropTo(b.one, 2));
    all.put("value", b -> b.on.encode(new double[] {Double.NaN}, 1, SCALE));
    all.put("rows", b -> b.on.encodePeriodic(new double[0][], 1, SCALE));
    return all;
  }

  @Test
  void theSameOnEveryEngine() throws Exception {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (CkksEvaluator on : evaluators) {
      boolean simulated = on.name().equals("simulate");
      try (EvaluationKeys keys = simulated ? new SimulatedKeys() : seal.newKeys().build();
          Operands bench = new Operands(on)) {
        mistakes(keys)
            .forEach(
                (name, mistake) -> {
                  CkksException e =
                      catchThrowableOfType(CkksException.class, () -> mistake.accept(bench));
                  assertThat(e).as(name + " on " + on.name()).isNotNull();
                  texts
                      .computeIfAbsent(name, n -> new ArrayList<>())
                      .add(e.kind() + " " + String.valueOf(e.getMessage()));
                });
      }
    }
    texts.forEach((name, same) -> assertThat(same).as(name).hasSize(3).containsOnly(same.get(0)));
  }

  @Test
  void anotherEnginesObjectsAreRefusedByName() throws Exception {
    try (Operands first = new Operands(evaluators.get(0));
        Operands second = new Operands(evaluators.get(1));
        Operands third = new Operands(evaluators.get(2))) {
      List<Operands> all = List.of(first, second, third);
      for (int i = 0; i < all.size(); i++) {
        Operands mine = all.get(i);
        Operands foreign = all.get((i + 1) % all.size());
        CkksException e =
            catchThrowableOfType(CkksException.class, () -> mine.on.add(mine.two, foreign.two));
        assertThat(e.kind()).isEqualTo(CkksException.Kind.SHAPE);
        assertThat(e)
            .hasMessage(
                "add: a ciphertext of another engine or parameter set, expected one of "
                    + mine.on.name()
                    + " with "
                    + SET);
      }
    }
  }

  @Test
  void anObserverHearsOfWhatIsAskedForAndOfNothingBelow() throws Exception {
    List<String> heard = new ArrayList<>();
    CkksEvaluator observed =
        evaluators
            .get(2)
            .observedBy(
                (operation, limbs, terms, nanos) ->
                    heard.add(operation + " " + limbs + " " + terms));
    try (Operands bench = new Operands(evaluators.get(2));
        SimulatedKeys keys = new SimulatedKeys()) {
      List<Ciphertext> rotated = observed.rotateAll(bench.two, new int[] {1, 0, 5}, keys);
      ToDoubleFunction<Ciphertext> sum = c -> Arrays.stream(slots.decrypt(c)).sum();
      assertThat(rotated).hasSize(3).allMatch(c -> sum.applyAsDouble(c) == 0);
      observed.rotate(bench.two, 0, keys).close();
      observed.add(bench.two, bench.two).close();
      assertThat(heard)
          .containsExactly(
              Operation.ROTATE + " 2 3", Operation.DROP + " 2 1", Operation.ADD + " 2 1");
    }
  }
}
