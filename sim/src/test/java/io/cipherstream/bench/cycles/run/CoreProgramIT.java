package io.cipherstream.bench.cycles.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.cipherstream.bench.cycles.ClusterTiming;
import io.cipherstream.bench.cycles.Recording;
import io.cipherstream.bench.cycles.RecordingFile;
import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreInterpreter;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.RoundProgram;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.DeviceImage;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.sim.RawKernel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Core programs on the simulated kernel of the clusters, without an engine: the interpreter's
 * words, and cycles beside the model's.
 */
@Tag("hardware")
class CoreProgramIT {

  private static final long SEED = Long.getLong("seed", 20_261_124);

  /** Cycles to the answer of the simulation's memory. */
  private static final int MEMORY_LATENCY = 40;

  private static final Path ROOT = Path.of(System.getProperty("cipherstream.root"));
  private static final Path RECORDING =
      ROOT.resolve("host/bench/src/test/resources/io/cipherstream/bench/cycles")
          .resolve("sst2-tiny.recording.gz");

  @Test
  void aKeySwitchGivesTheInterpretersWords() throws IOException {
    check(OperationCompiler.compile(false, 8192, 3));
  }

  /** The round of a warm sentence that has the fewest cycles, as one program. */
  @Test
  void aRoundOfASentenceGivesTheInterpretersWords() throws IOException {
    try (InputStream in = Files.newInputStream(RECORDING)) {
      Recording tiny = RecordingFile.read(in);
      check(RoundProgram.of("round", tiny.ring(), tiny.warm().get(1)).program());
    }
  }

  private static void check(LimbProgram limbs) throws IOException {
    DeviceImage image = DeviceImage.read(ROOT.resolve("target/images/sim/sim-cluster"));
    ImageManifest manifest = image.manifest();
    ClusterShape shape = manifest.cluster().shape(manifest.parameters(), MEMORY_LATENCY);
    CoreProgram program = new Lowering(shape).lower(limbs);
    List<long[]> words = new RandomPrograms(SEED, limbs.ring()).data(limbs);
    List<long[]> expected = words.stream().map(long[]::clone).toList();
    long zeros = new CoreInterpreter(program.ring()).run(program, expected);
    try (RawKernel kernel = new RawKernel(image.bytes(), manifest.kernel())) {
      CoreResult outcome = new RawJob(program, words, manifest.montgomeryBits()).run(kernel);
      assertThat(outcome.status()).isZero();
      assertThat(outcome.zeroWords()).isEqualTo(zeros);
      for (int i = 0; i < words.size(); i++) {
        assertThat(words.get(i)).as("seed %d, argument %d", SEED, i).isEqualTo(expected.get(i));
      }
      assertThat(outcome.work().operations()).isEqualTo(program.ops().size());
      long cycles = outcome.work().cycles();
      double predicted = ClusterTiming.of(program, shape).cycles();
      System.out.println(limbs + ": " + cycles + " cycles, predicted " + predicted);
      assertThat((double) cycles).isCloseTo(predicted, withinPercentage(5));
    }
  }
}
