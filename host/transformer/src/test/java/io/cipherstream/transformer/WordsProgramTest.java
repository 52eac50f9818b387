package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedPass;
import io.cipherstream.model.sealed.RandomSealed;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedPass;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed program of word labels on plain slots against the pass of the merged form. */
class WordsProgramTest {

  private static final CkksParameters SET = CkksParameters.N8192_SEALED;
  private static final double BOUND = 100;

  private final long seed = Long.getLong("test.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  private void agrees(ModelShape shape, int tokens, int answers) {
    MergedEncoder merged = RandomMerged.of(SealedShape.of(shape), shape.width(), random);
    double[][] x = RandomMerged.matrix(tokens, shape.width(), 1, random);
    PlainRun run = PlainRun.of(merged, InferencePlan.words(shape, BOUND, SET), x);
    assertThat(run.decrypted()).hasSize(answers);
    double[][] expected = new MergedPass(merged).rows(x);
    double[][] found = run.plan().sealed().side().rows(run.decrypted());
    assertThat(found).hasDimensions(run.plan().tokenClass(), shape.outputs());
    for (int t = 0; t < tokens; t++) {
      for (int j = 0; j < expected[t].length; j++) {
        double value = expected[t].length == 1 ? found[t][1] - found[t][0] : found[t][j];
        assertThat(value)
            .as("seed %d, %s, token %d of %d, output %d", seed, shape, t, tokens, j)
            .isCloseTo(expected[t][j], within(1e-9));
      }
    }
    onlyOutputs(run, (WordsContext) run.plan().sealed());
  }

  /** A reply holds nothing but outputs: every other slot is exactly 0. */
  private void onlyOutputs(PlainRun run, WordsContext context) {
    for (int a = 0; a < run.decrypted().size(); a++) {
      Set<Integer> places = new HashSet<>();
      for (int c = 0; c < context.chunks(); c++) {
        for (int j = 0; j < context.sizes().outputs(); j++) {
          if (context.answer(c) == a) {
            places.add(context.place(c, j));
          }
        }
      }
      double[] slots = run.decrypted().get(a);
      for (int s = 0; s < slots.length; s++) {
        if (!places.contains(s % context.features())) {
          assertThat(slots[s]).as("seed %d, slot %d", seed, s).isZero();
        }
      }
      double[] imaginary = run.answers().get(a).slots().im();
      assertThat(imaginary == null ? 0 : Arrays.stream(imaginary).map(Math::abs).max().orElse(0))
          .as("imaginary parts are gone")
          .isZero();
    }
  }

  @Test
  void textsOfOneWordToTheLongestOfOneChunk() {
    for (int tokens : new int[] {1, 3, 29}) {
      agrees(RandomMerged.words(128, 300, 64, 3), tokens, 1);
    }
  }

  @Test
  void longTextsTakeChunksThatShareOneAnswer() {
    for (int tokens : new int[] {30, 52, 53, 64}) {
      agrees(RandomMerged.words(128, 128, 64, 3), tokens, 1);
    }
  }

  @Test
  void oddSizesTwoLabelsAndMoreLabelsThanChunksShare() {
    agrees(RandomMerged.words(60, 77, 40, 2), 20, 1);
    agrees(RandomMerged.words(100, 40, 60, 70), 60, 3);
  }

  /** From a package, as appliance and client have it: as many rows as the text has tokens. */
  @Test
  void aPackagesWordsHaveThePlainPasssLogits(@TempDir Path folder) {
    System.out.println("seed " + seed);
    SealedEncoder encoder = new RandomSealed(30, seed).writeWords("own", 4, folder);
    ModelPackage pack = ModelPackage.open(folder.resolve("own"));
    List<InferencePlan> plans = ModelPlans.of(pack.manifest(), InferenceMode.SEALED);
    assertThat(plans.get(0).parameters()).isEqualTo(SET);
    try (Simulation simulation = Simulation.of(plans, pack, ForkJoinPool.commonPool())) {
      for (int[] ids : new int[][] {{2, 7, 3}, {2, 9, 9, 4, 17, 5, 29, 8, 3}}) {
        TokenSequence tokens = TokenSequence.of(ids);
        double[][] found = simulation.runRows(InferenceMode.SEALED, tokens);
        double[][] plain = new SealedPass(encoder).rows(pack.client().embeddings().embed(ids));
        assertThat(found).hasDimensions(ids.length, 4);
        for (int t = 0; t < ids.length; t++) {
          assertThat(found[t])
              .as("seed %d, token %d", seed, t)
              .containsExactly(plain[t], within(1e-9));
        }
      }
    }
  }

  @Test
  void theTokenOfEachRowIsItsOwn() {
    SealedLayout layout = SealedLayout.of(128, SET);
    for (int chunks = 1; chunks <= 3; chunks++) {
      Set<List<Integer>> places = new HashSet<>();
      for (int t = 0; t < layout.tokensMax(chunks); t++) {
        int row = layout.rowOf(t, chunks);
        assertThat(row).as("row 0 answers for no token").isBetween(128, layout.slots() - 128);
        assertThat(layout.chunkOf(t, chunks)).isLessThan(chunks);
        places.add(List.of(layout.chunkOf(t, chunks), row));
      }
      assertThat(places).hasSize(layout.tokensMax(chunks));
    }
  }

  @Test
  void whatNoAnswerHoldsIsRefused() {
    assertThatThrownBy(() -> InferencePlan.words(RandomMerged.words(16, 16, 20, 17), BOUND, SET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("17 labels of words: expected at most 16");
    assertThatThrownBy(() -> InferencePlan.words(RandomMerged.words(16, 16, 20, 3), 1e9, SET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("outputs of up to 1.00e+09");
  }

  @Test
  void aTextThatIsTooLongFitsNoPlan() {
    List<InferencePlan> plans = InferencePlan.words(RandomMerged.words(128, 16, 64, 3), BOUND, SET);
    assertThat(plans).extracting(InferencePlan::tokenClass).containsExactly(29, 52, 78);
    assertThatThrownBy(() -> TokenClass.choose(plans, InferenceMode.SEALED, 79))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("79");
  }
}
