package io.cipherstream.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.bench.trial.TrialResult.Outcome;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.ring.Assembler;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class TrialRunTest {

  private static final int N = 16;
  private static final String PROGRAM =
      """
      limb program product, ring of degree 16
        q0 = prime of 40 bits
        input   x, 1 limb
        input   y, 1 limb
        output  z, 1 limb
        scratch t, 2 limbs
      NTT  q0  t[0] = ntt x[0]
      NTT  q0  t[1] = ntt y[0]
      MUL  q0  t[0] = t[0] * t[1]
      INTT q0  z[0] = intt t[0]
      """;

  @TempDir private Path folder;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private Path program;
  private long q;

  @BeforeEach
  void write() throws IOException {
    System.out.println("TrialRunTest seed " + seed);
    program = Files.writeString(folder.resolve("product.lp"), PROGRAM);
    q = Assembler.program(PROGRAM).ring().modulus(0).value();
  }

  private TrialResult run(Path file, TrialFiles files) {
    try (TrialRun run = new TrialRun(EngineSpec.parse("java"))) {
      return run.of(file, files, 7, (step, done, total) -> {});
    }
  }

  private long[] draw() {
    return random.longs(N, 0, q).toArray();
  }

  /** x·y modulo X^16 + 1 and q, by the definition. */
  private long[] product(long[] x, long[] y) {
    BigInteger[] sums = new BigInteger[N];
    Arrays.fill(sums, BigInteger.ZERO);
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        BigInteger term = BigInteger.valueOf(x[i]).multiply(BigInteger.valueOf(y[j]));
        sums[(i + j) % N] = sums[(i + j) % N].add(i + j < N ? term : term.negate());
      }
    }
    return Arrays.stream(sums).mapToLong(s -> s.mod(BigInteger.valueOf(q)).longValue()).toArray();
  }

  private static byte[] bytes(long[] words) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return bytes.array();
  }

  private static String text(long[] words) {
    StringBuilder out = new StringBuilder("# words\n");
    for (long word : words) {
      out.append(word).append(", ");
    }
    return out.toString();
  }

  @Test
  void wordsOfFilesGiveTheProductThatIsExpected() throws IOException {
    long[] x = draw();
    long[] y = draw();
    Files.write(folder.resolve("product.x.in"), bytes(x));
    Files.writeString(folder.resolve("product.y.in.txt"), text(y));
    Files.write(folder.resolve("product.z.expect"), bytes(product(x, y)));
    Path out = folder.resolve("z.txt");
    TrialResult result = run(program, new TrialFiles(Map.of(), Map.of(), Map.of("z", out)));
    assertThat(result.problems()).as("seed %d", seed).isEmpty();
    assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(result.instructions()).isEqualTo(4);
    assertThat(result.expectedWords()).isEqualTo(N);
    assertThat(result.drawn()).isEmpty();
    assertThat(Files.readAllLines(out).stream().mapToLong(Long::parseLong).toArray())
        .isEqualTo(product(x, y));
  }

  @Test
  void aWordThatIsAnotherIsNamed() throws IOException {
    long[] x = draw();
    long[] z = product(x, x);
    z[5] = (z[5] + 1) % q;
    Path words = Files.write(folder.resolve("words"), bytes(x));
    Path wrong = Files.write(folder.resolve("wrong"), bytes(z));
    TrialResult result =
        run(program, new TrialFiles(Map.of("x", words, "y", words), Map.of("z", wrong), Map.of()));
    assertThat(result.outcome()).isEqualTo(Outcome.DIFFERS);
    assertThat(result.problems())
        .singleElement()
        .asString()
        .startsWith("segment z, word 5 (limb 0, word 5 of it): ")
        .endsWith(", as the interpreter has it, expected " + z[5]);
  }

  @Test
  void wordsThatNoFileHasAreDrawnTheSameWayEachTime() {
    TrialResult first = run(program, TrialFiles.BESIDE);
    assertThat(first.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(first.drawn()).containsExactly("x", "y");
    assertThat(ProgramTrial.read(program, TrialFiles.BESIDE, 7).data().get(0))
        .isEqualTo(ProgramTrial.read(program, TrialFiles.BESIDE, 7).data().get(0))
        .isNotEqualTo(ProgramTrial.read(program, TrialFiles.BESIDE, 8).data().get(0));
  }

  @Test
  void filesThatDoNotFitAreNamedAndTheNextProgramRuns() throws IOException {
    Path file = folder.resolve("product.x.in");
    Files.write(file, new byte[100]);
    refused("product.x.in has 100 bytes, expected the 16 words of segment x in exactly 128 bytes");
    long[] words = draw();
    words[3] = q;
    Files.write(file, bytes(words));
    refused("word 3 of segment x is " + q + ", expected one below the modulus " + q);
    Files.delete(file);
    Path decimals = Files.writeString(folder.resolve("product.x.in.txt"), "1 2 x");
    refused("line 1: 'x', expected a number from 0 to 2^64 - 1");
    Files.writeString(decimals, "1 2 3");
    refused("has 3 words, expected the 16 of x");
    Files.writeString(decimals, "1 ".repeat(17));
    refused("line 1: more than the 16 words of x");
    Files.write(file, bytes(draw()));
    refused("expected one of them");
    Files.delete(file);
    Files.delete(decimals);
    assertThat(run(program, new TrialFiles(Map.of("w", decimals), Map.of(), Map.of())).problems())
        .singleElement()
        .asString()
        .contains("segment 'w': expected an argument of the program: [x, y, z]");
    assertThat(run(folder.resolve("none.lp"), TrialFiles.BESIDE).problems())
        .singleElement()
        .asString()
        .contains("none.lp cannot be read");
    Files.writeString(program, PROGRAM.replace("ntt y[0]", "ntt w[0]"));
    refused("line 8: 'w', expected a segment declared above");
  }

  private void refused(String message) {
    TrialResult result = run(program, TrialFiles.BESIDE);
    assertThat(result.outcome()).isEqualTo(Outcome.BAD_INPUT);
    assertThat(result.problems()).singleElement().asString().contains(message);
  }

  @Test
  void theReportIsTheXmlOfJunit() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.lp"), "<&>\n");
    Files.write(folder.resolve("product.z.expect"), bytes(new long[N]));
    Path report = folder.resolve("report.xml");
    JunitReport.write(
        report, "java", List.of(run(program, TrialFiles.BESIDE), run(broken, TrialFiles.BESIDE)));
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(suite.getAttribute("errors")).isEqualTo("1");
    Element first = (Element) suite.getElementsByTagName("testcase").item(0);
    assertThat(first.getAttribute("name")).isEqualTo("product.lp");
    assertThat(first.getAttribute("classname")).isEqualTo(folder.toString());
    assertThat(((Element) first.getElementsByTagName("failure").item(0)).getAttribute("message"))
        .startsWith("segment z, word ");
    assertThat(suite.getElementsByTagName("error").item(0).getTextContent())
        .isEqualTo("line 1: '<&>', expected limb program NAME, ring of degree N");
  }

  @Test
  void aProgramThatFailedIsKeptAsFilesThatRun() throws IOException {
    LimbProgram given = Assembler.program(PROGRAM);
    long[] x = draw();
    FailingProgram failing = new FailingProgram(folder.resolve("kept"), "seed-1");
    assertThat(failing.written()).isEmpty();
    try (var one = new JavaEngine(given.ring(), 1 << 20);
        var two = new JavaEngine(given.ring(), 1 << 20)) {
      failing.differs(one, two, given, List.of(x, x, new long[N]));
    }
    Path file = failing.written().orElseThrow();
    try (var files = Files.list(file.getParent())) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .as("no words of z, which is only written")
          .containsExactlyInAnyOrder("seed-1.lp", "seed-1.x.in", "seed-1.y.in");
    }
    ProgramTrial again = ProgramTrial.read(file, TrialFiles.BESIDE, 1);
    assertThat(again.program().instructions()).isEqualTo(given.instructions());
    assertThat(again.data().get(1)).isEqualTo(x);
    assertThat(again.drawn()).isEmpty();
    assertThat(run(file, TrialFiles.BESIDE).outcome()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void aTextThatIsNoProgramIsRefusedAsSuch() throws IOException {
    Files.write(program, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> ProgramTrial.read(program, TrialFiles.BESIDE, 1))
        .isInstanceOf(TrialException.class)
        .hasMessageContaining("product.lp cannot be read");
    Files.write(program, "\n\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ProgramTrial.read(program, TrialFiles.BESIDE, 1))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("an empty text");
  }
}
