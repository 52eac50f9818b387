package io.cipherstream.workflow.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.Recipe;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.data.Task;
import io.cipherstream.workflow.train.Example;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a sealed training is known by when it is taken up again. */
class SealedRecipeTest {

  /** Prints the recipe's text, which is part of the fingerprint. */
  static final class Child {
    public static void main(String[] args) {
      System.out.println(SealedRecipe.pretrained());
    }
  }

  /** Maps of the JDK have another order in every process. */
  @Test
  void everyProcessHasTheSameText() throws Exception {
    String here = SealedRecipe.pretrained().toString();
    for (int i = 0; i < 3; i++) {
      assertThat(inAnotherProcess()).isEqualTo(here);
    }
  }

  private TaskData data(int examples) {
    Example one = Example.of(new int[] {1, 2, 3}, 0);
    return new TaskData(
        new Task("texts", false, Target.Classes.of("a", "b")),
        Collections.nCopies(examples, one),
        List.of(one),
        List.of(one),
        0,
        0,
        0);
  }

  /** Few examples are passed over more often, in every phase and stage alike. */
  @Test
  void fewExamplesGetMorePasses() {
    SealedRecipe recipe = SealedRecipe.pretrained().with(Map.of(), Map.of());
    assertThat(recipe.forTask(data(1000))).as("60 000 joined texts are enough").isEqualTo(recipe);
    SealedRecipe unjoined =
        new SealedRecipe(recipe.phases(), recipe.batch(), recipe.fewestSteps(), 0, 1, 1, 1);
    List<SealedRecipe.Phase> phases = unjoined.forTask(data(9600)).phases();
    assertThat(phases.get(0).epochs()).isCloseTo(15, within(1e-9)); // 1500 steps of 96
    assertThat(phases.get(1).epochs() / phases.get(0).epochs()).isCloseTo(0.4, within(1e-9));
    assertThat(unjoined.forTask(data(10)).phases().get(0).epochs()).isEqualTo(40);

    Recipe stages = Recipe.pretrained();
    assertThat(stages.forExamples(65_000)).isEqualTo(stages);
    Recipe few = stages.forExamples(6400);
    assertThat(few.of(StageName.EXACT).epochs()).isCloseTo(5, within(1e-9)); // 1000 steps of 32
    assertThat(few.of(StageName.ATTENTION).epochs()).isCloseTo(5 / 1.5, within(1e-9));
    assertThat(few.of(StageName.STUDENT)).isEqualTo(stages.of(StageName.STUDENT));
    assertThat(stages.forExamples(10).of(StageName.EXACT).epochs()).isCloseTo(20, within(1e-9));
  }

  @Test
  void repeatedPiecesAreForSpecsThatBeginWithAWindow() {
    SealedRecipe recipe = SealedRecipe.pretrained();
    assertThat(recipe.forSpec(SealedSpec.parse("CA"))).isEqualTo(recipe);
    SealedRecipe deep = recipe.forSpec(SealedSpec.parse("AA"));
    assertThat(deep.names()).isEqualTo(recipe.names());
    assertThat(deep.phases()).allMatch(p -> p.hardening().repeatedPieces() == 0);
  }

  private static String inAnotherProcess() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String text = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(child.waitFor()).isZero();
    return text;
  }
}
