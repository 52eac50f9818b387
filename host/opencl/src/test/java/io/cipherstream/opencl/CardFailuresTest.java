package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.opencl.image.CoreCapabilities;
import io.cipherstream.opencl.image.CoreParameters;
import io.cipherstream.opencl.image.CorePart;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreStatus;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.opencl.image.ImageProgram;
import io.cipherstream.ring.LimbProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said when a core fails, and when drivers are not where the environment says. */
@Tag("native")
class CardFailuresTest {

  private static final CoreParameters CORE = new CoreParameters(50, 10, 10, 2, 8, 64, 32, 1);
  private static final ImageManifest MANIFEST =
      new ImageManifest(
          "sim-small",
          "sim",
          "limb_program",
          CORE,
          Optional.empty(),
          55,
          1,
          300,
          "00",
          new ImageManifest.ImageFile("x", 1, "00"),
          List.of(),
          List.of());
  private static final LimbProgram PROGRAM = TestEngines.transformAndAdd(TestEngines.RING);
  private static final CorePart LAST = ImageProgram.parts(PROGRAM, CORE, 1).get(1);

  private static CoreResult result(int status, int failed, long finished, int magic) {
    CoreCapabilities none = new CoreCapabilities(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return new CoreResult(status, failed, 0, 0, 0, 0, finished, 0, magic, 1, none);
  }

  private static String text(int status, int failed) {
    return CardFailures.text(MANIFEST, PROGRAM, LAST, result(status, failed, 0, CoreResult.MAGIC));
  }

  @Test
  void everyStatusSaysWhatItMeansAndAtWhichInstruction() {
    for (CoreStatus status : CoreStatus.values()) {
      if (status != CoreStatus.OK) {
        assertThat(text(status.code(), 0))
            .contains("image sim-small", "status " + status.code(), status.text());
      }
    }
    assertThat(text(4, 0))
        .contains("instructions 1 to 1")
        .endsWith("at instruction 1  ADD    q0   d[0] = t[0] + a[0]");
    assertThat(text(8, 0)).contains("at or before instruction 1  ADD");
    assertThat(text(9, 1)).endsWith("while it finished the last instructions");
    assertThat(text(1, 5)).contains("descriptor 5 that the run does not have");
    assertThat(text(10, 0)).doesNotContain("instruction 1  ADD");
    assertThat(text(99, 0)).contains("status 99, which no core has");
  }

  @Test
  void linesThatNobodyWroteOrThatAreDamagedShow() {
    CoreResult erased =
        new CoreResult(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, result(0, 0, 0, 0).capabilities());
    assertThat(CardFailures.text(MANIFEST, PROGRAM, LAST, erased))
        .contains("wrote no result line", "reset");
    assertThat(CardFailures.text(MANIFEST, PROGRAM, LAST, result(0, 0, 1, 5)))
        .contains("damaged", "43534c50");
    assertThat(CardFailures.text(MANIFEST, PROGRAM, LAST, result(0, 0, 0, CoreResult.MAGIC)))
        .contains("finished 0 of 1 instructions");
    assertThat(CardFailures.text(MANIFEST, PROGRAM, LAST, result(0, 0, 1, CoreResult.MAGIC)))
        .isNull();
  }

  @Test
  void theFolderOfDriversIsNamedWhenItIsWrong(@TempDir Path folder) throws Exception {
    assertThat(IcdFolder.remark(null)).isEmpty();
    assertThat(IcdFolder.remark(folder.resolve("none").toString()))
        .contains("OCL_ICD_VENDORS is", "which is no folder");
    assertThat(IcdFolder.remark(folder.toString())).contains("no *.icd file");
    Files.writeString(folder.resolve("b.icd"), "lib.so");
    assertThat(IcdFolder.remark(folder.toString())).contains("[b.icd]");
    assertThat(IcdFolder.remark(folder.resolve("c.icd").toString())).contains("missing");
  }
}
