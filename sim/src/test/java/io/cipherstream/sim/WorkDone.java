package io.cipherstream.sim;

import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.ring.EngineConformance;
import io.cipherstream.ring.Opcode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the units of cores did, as the programs say and as the cores counted.
 *
 * @param transforms NTT and INTT
 * @param runs runs of a core
 * @param instructions instructions of the programs that the card ran to their end
 * @param butterflyRows rows of P butterflies that the cores counted
 * @param productRows rows of M products that the cores counted
 */
record WorkDone(
    long transforms, long runs, long instructions, long butterflyRows, long productRows) {

  private static final Pattern TEXT =
      Pattern.compile(
          ".*WorkDone\\[transforms=(\\d+), runs=(\\d+), instructions=(\\d+),"
              + " butterflyRows=(\\d+), productRows=(\\d+)]");

  static WorkDone of(EngineConformance.Report report, CoreActivity activity) {
    long transforms =
        report.instructions().getOrDefault(Opcode.NTT, 0L)
            + report.instructions().getOrDefault(Opcode.INTT, 0L);
    return new WorkDone(
        transforms,
        activity.runs(),
        activity.instructions(),
        activity.butterflyRows(),
        activity.productRows());
  }

  /** Reads what {@link #toString} wrote at the end of a line. */
  static WorkDone parse(String line) {
    Matcher m = TEXT.matcher(line);
    if (!m.matches()) {
      throw new AssertionError("expected a line that ends with what was done, got: " + line);
    }
    return new WorkDone(
        Long.parseLong(m.group(1)),
        Long.parseLong(m.group(2)),
        Long.parseLong(m.group(3)),
        Long.parseLong(m.group(4)),
        Long.parseLong(m.group(5)));
  }
}
