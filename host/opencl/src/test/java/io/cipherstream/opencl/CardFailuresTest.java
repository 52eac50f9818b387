package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.opencl.image.ClusterParameters;
import io.cipherstream.opencl.image.CoreCapabilities;
import io.cipherstream.opencl.image.CoreJob;
import io.cipherstream.opencl.image.CoreParameters;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreStatus;
import io.cipherstream.opencl.image.CoreWork;
import io.cipherstream.opencl.image.ImageManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said when clusters fail, or are not what the manifest says. */
@Tag("native")
class CardFailuresTest {

  private static final ImageManifest MANIFEST =
      new ImageManifest(
          "sim-cluster",
          "sim",
          "core_program",
          new CoreParameters(50, 10, 13, 4, 8, 512, 16),
          new ClusterParameters(1, 8, 2, 64),
          55,
          300,
          "00",
          new ImageManifest.ImageFile("x", 1, "00"),
          List.of(),
          List.of());
  private static final CoreCapabilities CAPABILITIES =
      new CoreCapabilities(
          CoreResult.MAGIC, CoreLayout.VERSION, 50, 55, 4, 8, 2, 64, 1, 10, 13, 512, 16);
  private static final CoreJob JOB =
      new CoreJob(
          new Lowering(ClusterShape.of(1, 4, 8, 2, 64, 16))
              .lower(TestEngines.transformAndAdd(TestEngines.RING)));

  private static CoreResult result(int status, int line, long operations, int magic) {
    CoreWork work = new CoreWork(0, 0, 0, operations);
    return new CoreResult(status, line, 0, work, magic, CoreLayout.VERSION, CAPABILITIES);
  }

  private static String text(int status, int line) {
    return String.valueOf(
        CardFailures.text(MANIFEST, JOB, result(status, line, 0, CoreResult.MAGIC)));
  }

  @Test
  void everyStatusSaysWhatItMeansAndAtWhichOperation() {
    for (CoreStatus status : CoreStatus.values()) {
      if (status != CoreStatus.OK) {
        assertThat(text(status.code(), 0))
            .contains(
                "transform-and-add on image sim-cluster", "status " + status.code(), status.text());
      }
    }
    assertThat(text(4, 0)).contains("at line 0 of the stream: Load[");
    assertThat(text(8, 1)).contains("at or before line 1 of the stream: Pass[");
    assertThat(text(1, 99)).endsWith("at line 99 of the stream");
    assertThat(text(10, 0)).doesNotContain("line 0");
    assertThat(text(99, 0)).contains("status 99, which no core has");
  }

  @Test
  void linesThatNobodyWroteOrThatAreDamagedShow() {
    CoreResult erased = new CoreResult(-1, -1, -1, CoreWork.NONE, -1, -1, CAPABILITIES);
    assertThat(CardFailures.text(MANIFEST, JOB, erased)).contains("wrote no result line");
    assertThat(CardFailures.text(MANIFEST, JOB, result(0, 0, 1, 5)))
        .contains("damaged", "43534c50");
    int all = JOB.operations();
    assertThat(CardFailures.text(MANIFEST, JOB, result(0, 0, 1, CoreResult.MAGIC)))
        .endsWith("finished 1 of " + all + " operations");
    assertThat(CardFailures.text(MANIFEST, JOB, result(0, 0, all, CoreResult.MAGIC))).isNull();
  }

  @Test
  void clustersThatAreNotTheManifestsAreNamed() {
    assertThat(CAPABILITIES.differences(MANIFEST)).isEmpty();
    CoreCapabilities other = new CoreCapabilities(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14);
    assertThat(other.differences(MANIFEST))
        .hasSize(12)
        .contains("slots is 8, the manifest says 64", "degreeBitsMax is 12, the manifest says 13");
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
