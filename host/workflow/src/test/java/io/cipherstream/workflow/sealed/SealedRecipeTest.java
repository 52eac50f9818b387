package io.cipherstream.workflow.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
