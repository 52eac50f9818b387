package io.cipherstream.bench.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.BenchCase.Kind;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchSettings;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.seal.SealArithmetic;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("native")
class WorkloadsTest {

  @TempDir private Path folder;

  @BeforeEach
  void facts() {
    System.setProperty(CaseFacts.FOLDER, folder.toString());
    System.setProperty("jmh.ignoreLock", "true");
  }

  @AfterEach
  void noFacts() {
    System.clearProperty(CaseFacts.FOLDER);
    System.clearProperty("jmh.ignoreLock");
  }

  private static BenchCase instruction(LimbInstruction instruction, String engine) {
    return new BenchCase(Kind.INSTRUCTION, instruction.name(), engine, "n8192", 20, 1);
  }

  private static BenchCase operation(CkksOperation operation, String engine) {
    String set = operation.plan().map(plan -> plan.parameters().name()).orElse("n8192");
    return operation(operation, engine, set);
  }

  private static BenchCase operation(CkksOperation operation, String engine, String set) {
    int limbs = operation.plan().map(CkksOperation::keyLimbs).orElse(2);
    return new BenchCase(Kind.OPERATION, operation.label(), engine, set, limbs, 1);
  }

  private static String words(BenchCase what) {
    try (Workload workload = Workloads.open(what)) {
      return String.valueOf(workload.wordsDigest());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInstructionGivesTheSameWordsOnEveryEngine(LimbInstruction instruction) {
    String expected = words(instruction(instruction, BenchEngines.JAVA));
    assertThat(expected).hasSize(64);
    assertThat(words(instruction(instruction, BenchEngines.PLAIN_SEAL))).isEqualTo(expected);
    assertThat(words(instruction(instruction, BenchEngines.SEAL_LIMB))).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void anOperationGivesTheSameWordsOnEveryEngine(CkksOperation operation) {
    String expected = words(operation(operation, BenchEngines.PLAIN_SEAL));
    assertThat(words(operation(operation, BenchEngines.SEAL))).isEqualTo(expected);
    assertThat(words(operation(operation, BenchEngines.SEAL_LIMB))).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"QUERY_SINGLE", "QUERY_PAIR", "NETWORK"})
  void anOperationOfASealedSetToo(CkksOperation operation) {
    String expected = words(operation(operation, BenchEngines.PLAIN_SEAL, "n8192-sealed"));
    assertThat(words(operation(operation, BenchEngines.SEAL_LIMB, "n8192-sealed")))
        .isEqualTo(expected);
  }

  @Test
  void nothingNativeStaysOpen() {
    long before = SealArithmetic.liveObjects();
    String digest = words(operation(CkksOperation.MATRIX, BenchEngines.PLAIN_SEAL));
    assertThat(digest).hasSize(64);
    assertThat(SealArithmetic.liveObjects()).isEqualTo(before);
  }

  @Test
  void aCaseRunsThroughJmh() {
    BenchSettings tiny = new BenchSettings(true, 0, 2, 1, 0);
    BenchCase what = instruction(LimbInstruction.ADD, BenchEngines.PLAIN_SEAL);
    Measurement done = WorkerMain.measure(new CaseKey(3, what), tiny);
    assertThat(done.failure()).isNull();
    assertThat(done.what()).isEqualTo(what);
    assertThat(Objects.requireNonNull(done.samples()).all())
        .hasSize(2)
        .allSatisfy(sample -> assertThat(sample).isPositive());
    assertThat(done.wordsDigest()).isEqualTo(words(what));
  }

  @Test
  void aCaseThatFailsSaysWhy() {
    BenchSettings tiny = new BenchSettings(true, 0, 1, 1, 0);
    BenchCase what = instruction(LimbInstruction.ADD, "opencl:nowhere/0");
    Measurement done = WorkerMain.measure(new CaseKey(4, what), tiny);
    assertThat(done.samples()).isNull();
    assertThat(done.failure()).contains("EngineException");
  }

  @Test
  void anUnknownEngineIsNotOpened() {
    assertThatThrownBy(() -> Workloads.open(instruction(LimbInstruction.ADD, "fast")))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("'fast'");
  }

  @Test
  void aKeySurvivesBeingText() {
    CaseKey key = new CaseKey(7, operation(CkksOperation.ROTATE, "opencl:a \"b\"/0"));
    assertThat(CaseKey.parse(key.text())).isEqualTo(key);
  }
}
