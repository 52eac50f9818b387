package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cut and bit-flipped files: only a {@link ModelException} ever comes out, or the model itself, and
 * soon. {@code -Dtest.seed} repeats a run.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class HostileFileFuzzTest {

  private static final int ROUNDS = 400;

  /** A file takes milliseconds; this much is a reader that does not end. */
  private static final Duration ROUND_MAX = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private final long seed = Long.getLong("test.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private Path source;
  private ModelPackage whole;

  @BeforeEach
  void packageOfRandomModel(TestInfo test) throws IOException {
    System.out.println("HostileFileFuzzTest " + test.getDisplayName() + " test.seed=" + seed);
    source = new RandomModel(ImportErrorsTest.smallShape(), 3).writeFile(folder.resolve("in"));
    ImportedModel model = ModelImporter.importFrom(source, ImportOptions.named("small"));
    Ranges ranges =
        Calibrator.calibrate(
            model.encoder(),
            model.embeddings(),
            model.tokenizer(),
            List.of("word4"),
            (step, done, total) -> {});
    whole = ModelPackage.write("small", model, ranges, folder.resolve("small"));
  }

  @Test
  void safetensors() throws IOException {
    byte[] good = Files.readAllBytes(source);
    fuzz(
        good,
        8 + (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(),
        bytes -> {
          Files.write(source, bytes);
          ModelImporter.importFrom(source, ImportOptions.named("small"));
        });
  }

  @Test
  void clientZip() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    whole.client().writeZip(out);
    Path target = folder.resolve("unpacked");
    fuzz(
        out.toByteArray(),
        3000,
        bytes -> ClientPackage.readZip(new ByteArrayInputStream(bytes), target));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .as("seed %d: nothing half-written stays", seed)
          .isSubsetOf("in", "small", "unpacked");
    }
  }

  @Test
  void manifest() throws IOException {
    byte[] good = whole.manifest().toJson();
    fuzz(good, good.length, bytes -> ModelManifest.fromJson(bytes));
  }

  @Test
  void onnx() throws IOException {
    byte[] good = Files.readAllBytes(OnnxGraphTest.example(folder));
    fuzz(
        good,
        good.length,
        bytes -> {
          OnnxModel model = new OnnxModel(OnnxReader.parse(bytes, OnnxExternal.none()));
          model.weights(Pooling.MEAN, Head.EMBEDDING, List.of());
        });
  }

  @Test
  void randomBytesAsTokenizer() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    byte[] good =
        ("{\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
                + "\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"[UNK]\":0,\"[CLS]\":1,\"[SEP]\":2}}}")
            .getBytes(StandardCharsets.UTF_8);
    fuzz(
        good,
        good.length,
        bytes -> {
          Files.write(file, bytes);
          TokenizerReader.fromJson(file, 10);
        });
  }

  private interface Reader {
    void read(byte[] bytes) throws IOException;
  }

  private void fuzz(byte[] good, int interesting, Reader reader) throws IOException {
    reader.read(good);
    Map<ModelException.Kind, Integer> kinds = new EnumMap<>(ModelException.Kind.class);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] file = damaged(good, interesting);
      try {
        assertTimeoutPreemptively(ROUND_MAX, () -> reader.read(file));
      } catch (ModelException e) {
        kinds.merge(e.kind(), 1, Integer::sum);
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e, e);
      }
    }
    assertThat(kinds.values().stream().mapToInt(Integer::intValue).sum())
        .as("seed %d: errors %s", seed, kinds)
        .isGreaterThan(ROUNDS / 8);
  }

  private byte[] damaged(byte[] good, int interesting) {
    int what = random.nextInt(4);
    if (what == 0) {
      return Arrays.copyOf(good, random.nextInt(good.length));
    }
    byte[] bad = good.clone();
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      int range = what == 1 ? bad.length : Math.min(interesting, bad.length);
      bad[random.nextInt(range)] ^= (byte) (1 << random.nextInt(8));
    }
    return bad;
  }
}
