package io.cipherstream.intervals;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEngine;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whole queries on ciphertexts: exact answers, and the same words on every engine, with chunks one
 * after another and at one time.
 */
@Tag("native")
@Tag("slow")
class IntervalProgramIT {

  private static final CkksParameters SET = IntervalPlan.PARAMETERS;

  /** Two chunks; the last bin of each chromosome is shorter. */
  private static final Genome GENOME =
      new Genome(List.of(new Genome.Chromosome("a", 350_050), new Genome.Chromosome("b", 250_007)));

  private final SealClient client = SealClient.generate(SET);
  private final SealArithmetic seal = new SealArithmetic(SET);
  private final SealEvaluationKeys keys = keys();

  private SealEvaluationKeys keys() {
    try (SealEvaluationKeys.Builder builder = seal.newKeys()) {
      SeededKey key = client.relinearizationKey(IntervalPlan.RELINEARIZATION_LIMBS);
      SeededKey publicKey = client.publicKey();
      builder.addRelinearization(key.limbs(), key.seeds(), key.c0());
      builder.publicKey(SET.dataLimbs(), publicKey.seeds().get(0), publicKey.c0());
      return builder.build();
    }
  }

  @Test
  void answersAreExactAndTheWordsOfEveryEngineEqual() {
    long seed = System.nanoTime();
    System.out.println("IntervalProgramIT seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    BinGrid grid = new BinGrid(GENOME, 100);
    assertThat(grid.chunks()).isEqualTo(2);
    List<GenomicInterval> first = Tracks.random(GENOME, 500, 3000, random);
    List<GenomicInterval> second = Tracks.random(GENOME, 200, 3000, random);
    List<List<HostCiphertext>> tracks =
        List.of(encrypted(Track.of(grid, first)), encrypted(Track.of(grid, second)));
    BinGrid.Bins region = grid.bins(new Region("a", 20_000, Region.TO_THE_END));
    try (CkksEvaluator reference = new CkksEvaluator(seal);
        LimbEngine java = new JavaEngine(SET.ring(), 4L << 30);
        LimbEngine kernels = new SealEngine(SET.ring());
        LimbEngine openCl = OpenClEngine.open("opencl:pocl", SET.ring(), OpenClOptions.DEFAULTS);
        CkksEvaluator onJava = on(java);
        CkksEvaluator onNative = on(kernels);
        CkksEvaluator onOpenCl = on(openCl)) {
      List<CkksEvaluator> all = List.of(reference, onJava, onNative, onOpenCl);
      IntervalPlan single = new IntervalPlan(IntervalMode.SINGLE, grid.chunks());
      double[] sum = answers(single, tracks, region, all).get(0);
      assertThat(SingleAnswer.coveredBases(grid, sum)).isEqualTo(covered(first, 20_000));

      IntervalPlan pair = new IntervalPlan(IntervalMode.PAIR, grid.chunks());
      PairAnswer answer = new PairAnswer(grid, region, answers(pair, tracks, region, all));
      boolean[] a = touched(grid, first);
      boolean[] b = touched(grid, second);
      assertThat(answer.intersection()).isEqualTo(bases(grid, a, b, region, 0));
      assertThat(answer.within(0)).isEqualTo(answer.intersection());
      for (int window : new int[] {1, 100, 550, 5000, 25_500}) {
        assertThat(answer.within(window))
            .as("window %d", window)
            .isEqualTo(bases(grid, a, b, region, (window + 99) / 100));
      }
      boolean[] either = new boolean[a.length];
      for (int i = 0; i < a.length; i++) {
        either[i] = a[i] || b[i];
      }
      assertThat(answer.union()).isEqualTo(bases(grid, either, either, region, 0));
    } finally {
      tracks.forEach(track -> track.forEach(HostCiphertext::close));
      keys.close();
      client.close();
    }
  }

  private static CkksEvaluator on(LimbEngine engine) {
    return new CkksEvaluator(new LimbArithmetic(SET, engine, 1L << 30));
  }

  private List<HostCiphertext> encrypted(Track track) {
    List<HostCiphertext> all = new ArrayList<>();
    for (Plane plane : Plane.values()) {
      for (int k = 0; k < track.grid().chunks(); k++) {
        all.add(encrypted(track.slots(plane, k), plane.form()));
      }
    }
    return all;
  }

  private HostCiphertext encrypted(double[] slots, CiphertextForm form) {
    SeededCiphertext fresh = client.encryptSeeded(slots, form.limbs(), form.scale());
    return seal.seeded(form.limbs(), form.scale(), fresh.c0(), fresh.seed());
  }

  /** The decrypted answer, as the client gets it, after the words of all engines were compared. */
  private List<double[]> answers(
      IntervalPlan plan,
      List<List<HostCiphertext>> tracks,
      BinGrid.Bins region,
      List<CkksEvaluator> engines) {
    List<HostCiphertext> masks = new ArrayList<>();
    for (int k = 0; k < plan.chunks(); k++) {
      masks.add(encrypted(QueryMask.slots(region, k), plan.mask()));
    }
    List<List<ByteBuffer>> words = new ArrayList<>();
    List<double[]> slots = new ArrayList<>();
    for (CkksEvaluator on : engines) {
      TrackSource source =
          (track, plane, chunk) ->
              on.bring(tracks.get(track).get(plane.index(chunk, plan.chunks())));
      ChunkLanes lanes =
          words.isEmpty()
              ? ChunkLanes.IN_TURN
              : (count, lane) -> IntStream.range(0, count).parallel().forEach(lane);
      List<Ciphertext> answer =
          new IntervalProgram(on, keys, lanes).run(plan, source, k -> on.bring(masks.get(k)));
      assertThat(answer.stream().map(CiphertextForm::of).toList()).isEqualTo(plan.result());
      List<ByteBuffer> own = new ArrayList<>();
      for (Ciphertext each : answer) {
        try (each;
            HostCiphertext taken = on.take(each)) {
          own.add(copy(taken.words()));
          if (words.isEmpty()) {
            seal.addEncryptionOfZero(taken, keys); // as the appliance does before it answers
            slots.add(client.decrypt(taken.words(), 2, taken.form().limbs(), taken.form().scale()));
          }
        }
      }
      words.add(own);
      assertThat(own).as(on.name()).isEqualTo(words.get(0));
    }
    masks.forEach(HostCiphertext::close);
    double worst = 0;
    for (double[] vector : slots) {
      for (double value : vector) {
        worst = Math.max(worst, Math.abs(value - Math.rint(value)));
      }
    }
    double bound = AnswerError.of(plan, 100);
    System.out.printf("%s: largest error %.2e, proved to be below %.2e%n", plan, worst, bound);
    assertThat(worst).isLessThan(bound);
    return slots;
  }

  private static ByteBuffer copy(ByteBuffer words) {
    ByteBuffer copy = ByteBuffer.allocate(words.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    return copy.put(words).flip();
  }

  private static long covered(List<GenomicInterval> intervals, int from) {
    boolean[] covered = Tracks.covered(GENOME.chromosomes().get(0), intervals);
    long count = 0;
    for (int i = from; i < covered.length; i++) {
      count += covered[i] ? 1 : 0;
    }
    return count;
  }

  /** Whether each bin of chromosome a, which comes first, is touched. */
  private static boolean[] touched(BinGrid grid, List<GenomicInterval> intervals) {
    boolean[] covered = Tracks.covered(GENOME.chromosomes().get(0), intervals);
    boolean[] touched = new boolean[grid.firstBin(1)];
    for (int i = 0; i < covered.length; i++) {
      touched[i / grid.binSize()] |= covered[i];
    }
    return touched;
  }

  private static long bases(
      BinGrid grid, boolean[] a, boolean[] b, BinGrid.Bins region, int reach) {
    long bases = 0;
    for (int i = region.from(); i < region.to(); i++) {
      boolean near = false;
      for (int j = Math.max(0, i - reach); j <= Math.min(b.length - 1, i + reach); j++) {
        near |= b[j];
      }
      bases += a[i] && near ? grid.length(i) : 0;
    }
    return bases;
  }
}
