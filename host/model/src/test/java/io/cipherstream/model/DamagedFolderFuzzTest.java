package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged model folders: each is refused, or computes what a plain reading of the damaged files
 * says, or what it computed before. {@code -Dtest.folders} says how many, {@code -Dtest.seed}
 * repeats a run.
 */
@Tag("slow")
class DamagedFolderFuzzTest {

  private static final int FOLDERS = Integer.getInteger("test.folders", 200);

  /** Folders among which the planted fault must show; about one in two hundred shows it. */
  private static final int PLANTED_MAX = 10_000;

  private static final Duration FOLDER_MAX = Duration.ofMinutes(1);

  private static final List<String> TEXTS =
      List.of(
          "the film is bad",
          "Hello World one_two",
          "he met [SEP] the film.",
          "bad\u0085film h\u00e9 zzz \u4e2d one",
          "is");

  @TempDir private Path temporary;
  private final long seed = Long.getLong("test.seed", new Random().nextLong());
  private Path damaged;
  private List<Path> good;

  private interface Importer {
    ImportedModel read(Path folder);
  }

  @BeforeEach
  void folders() throws IOException {
    System.out.println("DamagedFolderFuzzTest test.seed=" + seed);
    HubFolder plain = HubFolder.encoder(temporary.resolve("plain"));
    HubFolder sentences = HubFolder.encoder(temporary.resolve("sentences"));
    sentences
        .write("1_Pooling/config.json", "{\"embedding_dimension\":8,\"pooling_mode\":\"cls\"}")
        .write("sentence_bert_config.json", "{\"max_seq_length\":20,\"do_lower_case\":false}")
        .write("tokenizer_config.json", "{\"do_lower_case\":true,\"model_max_length\":24}")
        .modules("Transformer", "Pooling");
    HubFolder classes = HubFolder.classifier(temporary.resolve("classes"));
    classes.write("tokenizer_config.json", "{\"strip_accents\":null,\"never_split\":[]}");
    classes.write("special_tokens_map.json", "{\"cls_token\":\"[CLS]\"}");
    good = List.of(plain.path, sentences.path, classes.path);
    damaged = temporary.resolve("damaged");
  }

  @Test
  void nothingChangesItsMeaningSilently() throws IOException {
    List<String> faults = new ArrayList<>();
    int refused =
        run(FOLDERS, folder -> ModelImporter.importFrom(folder, options()), faults, () -> false);
    System.out.println(refused + " of " + FOLDERS + " damaged folders were refused");
    assertThat(faults).as("seed %d", seed).isEmpty();
    assertThat(refused).as("seed %d: refused", seed).isGreaterThan(FOLDERS / 3);
  }

  /** An importer that does not look at the tokenizer's pipeline must not pass. */
  @Test
  void aPlantedFaultIsFound() throws IOException {
    List<String> faults = new ArrayList<>();
    Path careless = temporary.resolve("careless.json");
    Files.writeString(careless, HubFolder.tokenizer().toString());
    run(
        PLANTED_MAX,
        folder -> ModelImporter.importFrom(folder, options().withTokenizer(careless)),
        faults,
        () -> !faults.isEmpty());
    System.out.println("the planted fault: " + faults);
    assertThat(faults).as("seed %d", seed).isNotEmpty();
  }

  private static ImportOptions options() {
    return ImportOptions.named("damaged");
  }

  /**
   * Damages folders, at most {@code count} and until {@code enough}; returns how many were refused.
   */
  private int run(int count, Importer importer, List<String> faults, BooleanSupplier enough)
      throws IOException {
    Random random = new Random(seed);
    FolderDamage damage = new FolderDamage(random);
    List<double[][]> before = new ArrayList<>();
    for (Path folder : good) {
      double[][] answers = answers(importer.read(folder));
      before.add(answers);
      assertThat(fault(folder, answers, null)).as("undamaged %s", folder).isNull();
    }
    int refused = 0;
    for (int i = 0; i < count && !enough.getAsBoolean(); i++) {
      int which = random.nextInt(good.size());
      copy(good.get(which));
      String what = good.get(which).getFileName() + ": " + damage.apply(damaged);
      try {
        double[][] got =
            assertTimeoutPreemptively(FOLDER_MAX, () -> answers(importer.read(damaged)));
        String fault = fault(damaged, got, before.get(which));
        if (fault != null) {
          faults.add("round " + i + ": " + what + ": " + fault);
        }
      } catch (ModelException e) {
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", round " + i + ", " + what + ": " + e, e);
      }
    }
    return refused;
  }

  /** The answers to all texts; none for a text that is refused. */
  private static double[][] answers(ImportedModel model) {
    PlaintextTransformer pass = new PlaintextTransformer(model.encoder(), model.embeddings());
    double[][] out = new double[TEXTS.size()][];
    for (int i = 0; i < out.length; i++) {
      try {
        out[i] = pass.run(model.tokenizer().encode(TEXTS.get(i)));
      } catch (ModelException e) {
        out[i] = new double[0];
      }
    }
    return out;
  }

  /** What is wrong with accepted answers; null if they are the reading's, or those of before. */
  private static @Nullable String fault(Path folder, double[][] got, double @Nullable [][] before) {
    for (int i = 0; i < got.length; i++) {
      if (got[i].length == 0) {
        continue;
      }
      double @Nullable [] expected;
      try {
        expected = PlainReading.run(folder, TEXTS.get(i));
      } catch (IOException | RuntimeException e) {
        if (before == null || !close(got[i], before[i])) {
          return "'"
              + TEXTS.get(i)
              + "' "
              + Arrays.toString(got[i])
              + ", not readable plainly: "
              + e;
        }
        continue;
      }
      if (expected != null && !close(got[i], expected)) {
        return "'"
            + TEXTS.get(i)
            + "' "
            + Arrays.toString(got[i])
            + ", by a plain reading "
            + Arrays.toString(expected);
      }
    }
    return null;
  }

  private static boolean close(double[] a, double[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int j = 0; j < a.length; j++) {
      double size = Math.max(1, Math.max(Math.abs(a[j]), Math.abs(b[j])));
      if (!(Math.abs(a[j] - b[j]) <= 1e-4 * size) && size < 1e6) {
        return false;
      }
    }
    return true;
  }

  private void copy(Path from) throws IOException {
    ModelFiles.delete(damaged);
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.toList()) {
        Files.copy(path, damaged.resolve(from.relativize(path).toString()));
      }
    }
  }
}
