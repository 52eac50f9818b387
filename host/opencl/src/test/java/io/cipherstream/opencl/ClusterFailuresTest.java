package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.opencl.image.ClusterCapabilities;
import io.cipherstream.opencl.image.ClusterJob;
import io.cipherstream.opencl.image.ClusterParameters;
import io.cipherstream.opencl.image.ClusterResult;
import io.cipherstream.opencl.image.CoreParameters;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreStatus;
import io.cipherstream.opencl.image.CoreWork;
import io.cipherstream.opencl.image.ImageManifest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said when clusters fail, or are not what the manifest says. */
@Tag("native")
class ClusterFailuresTest {

  private static final ImageManifest MANIFEST =
      new ImageManifest(
          "sim-cluster",
          "sim",
          "core_program",
          new CoreParameters(50, 10, 13, 4, 8, 512, 16, 1),
          Optional.of(new ClusterParameters(1, 8, 2, 64)),
          55,
          CoreLayout.VERSION,
          300,
          "00",
          new ImageManifest.ImageFile("x", 1, "00"),
          List.of(),
          List.of());
  private static final ClusterCapabilities CAPABILITIES =
      new ClusterCapabilities(
          CoreResult.MAGIC, CoreLayout.VERSION, 50, 55, 4, 8, 2, 64, 1, 10, 13, 512, 16, 65536);
  private static final ClusterJob JOB =
      new ClusterJob(
          new Lowering(ClusterShape.of(1, 4, 8, 2, 64, 16))
              .lower(TestEngines.transformAndAdd(TestEngines.RING)));

  private static ClusterResult result(int status, int line, long operations, int magic) {
    CoreWork work = new CoreWork(0, 0, 0, 0, 0, operations);
    return new ClusterResult(status, line, 0, work, magic, CoreLayout.VERSION, CAPABILITIES);
  }

  private static String text(int status, int line) {
    return String.valueOf(
        ClusterFailures.text(MANIFEST, JOB, result(status, line, 0, CoreResult.MAGIC)));
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
    ClusterResult erased = new ClusterResult(-1, -1, -1, CoreWork.NONE, -1, -1, CAPABILITIES);
    assertThat(ClusterFailures.text(MANIFEST, JOB, erased)).contains("wrote no result line");
    assertThat(ClusterFailures.text(MANIFEST, JOB, result(0, 0, 1, 5)))
        .contains("damaged", "43534c50");
    int all = JOB.operations();
    assertThat(ClusterFailures.text(MANIFEST, JOB, result(0, 0, 1, CoreResult.MAGIC)))
        .endsWith("finished 1 of " + all + " operations");
    assertThat(ClusterFailures.text(MANIFEST, JOB, result(0, 0, all, CoreResult.MAGIC))).isNull();
  }

  @Test
  void clustersThatAreNotTheManifestsAreNamed() {
    assertThat(CAPABILITIES.differences(MANIFEST)).isEmpty();
    ClusterCapabilities other =
        new ClusterCapabilities(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15);
    assertThat(other.differences(MANIFEST))
        .hasSize(12)
        .contains("slots is 8, the manifest says 64", "degreeBitsMax is 12, the manifest says 13");
  }
}
