package io.cipherstream.opencl.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreOp;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.CoreStream;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tables of a job, read back as the kernel's front end reads them. */
@Tag("native")
class CoreJobTest {

  private static final int DEGREE = 64;
  private static final int PLACE = 4096;

  private final LimbRing ring = RandomPrograms.ring(7, DEGREE, 2, 50);

  /** d = NTT(a) + a, and a limb of scratch memory that is read as two halves. */
  private LimbProgram program() {
    ProgramBuilder builder = LimbProgram.builder("sum", ring);
    Segment a = builder.input("a", DEGREE);
    Segment unused = builder.scratch("unused", DEGREE);
    Segment halves = builder.scratch("halves", 2L * DEGREE);
    Segment d = builder.output("d", 2L * DEGREE);
    builder.ntt(0, unused.at(0), a.at(0)).add(0, d.at(0), unused.at(0), a.at(0));
    builder.copy(0, halves.at(0), a.at(0)).copy(0, halves.at(DEGREE), a.at(0));
    builder.neg(0, d.at(DEGREE), halves.at(DEGREE / 2));
    return builder.build();
  }

  private CoreProgram lowered(int clusters) {
    return new Lowering(ClusterShape.of(clusters, 4, 8, 2, 16, 16)).lower(program());
  }

  @Test
  void aJobSaysWhereItsTablesLie() {
    for (int clusters = 1; clusters <= 2; clusters++) {
      CoreProgram program = lowered(clusters);
      CoreJob job = new CoreJob(program);
      assertThat(job.scratchWords()).as("only the halves are in memory").isEqualTo(2L * DEGREE);
      ByteBuffer tables = direct(job.tableBytes());
      job.putTables(tables, List.of(800L, 1600L), 8000L);
      ByteBuffer line = direct(CoreJob.JOB_BYTES);
      job.putJob(line, PLACE, 64);
      for (int c = 0; c < clusters; c++) {
        int at = (int) line.getLong(c * Long.BYTES) - PLACE;
        int bytes = line.getInt(2 * Long.BYTES + c * Integer.BYTES) * 64;
        ByteBuffer stream = tables.slice(at, bytes).order(ByteOrder.LITTLE_ENDIAN);
        int cluster = c;
        List<CoreOp> own = program.ops().stream().filter(o -> o.cluster() == cluster).toList();
        assertThat(
                CoreStream.decode(stream, c, clusters).stream()
                    .map(CoreStream.Entry::op)
                    .filter(Objects::nonNull)
                    .toList())
            .isEqualTo(own);
      }
      int segments = (int) line.getLong(3 * Long.BYTES) - PLACE;
      assertThat(line.getLong(4 * Long.BYTES)).isEqualTo(4);
      entry(tables, segments, 100, DEGREE / 8, 0);
      entry(tables, segments + 16, 0, 0, 0);
      entry(tables, segments + 32, 1000, 2 * DEGREE / 8, 1);
      entry(tables, segments + 48, 200, 2 * DEGREE / 8, 1);
      assertThat(line.getLong(5 * Long.BYTES)).isEqualTo(64);
      assertThat(job.operations()).isEqualTo(program.ops().size());
    }
  }

  private static void entry(ByteBuffer tables, int at, long base, int lines, int writable) {
    assertThat(tables.getLong(at)).isEqualTo(base);
    assertThat(tables.getInt(at + 8)).isEqualTo(lines);
    assertThat(tables.getInt(at + 12)).isEqualTo(writable);
  }

  @Test
  void theProgramOfOneClusterIsHadBack() {
    CoreProgram program = lowered(1);
    assertThat(new CoreJob(program).program()).isEqualTo(program);
    CoreJob two = new CoreJob(lowered(2));
    assertThatThrownBy(two::program).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLineOfAStreamIsAnOperation() {
    CoreProgram program = lowered(1);
    CoreJob job = new CoreJob(program);
    int line = 0;
    for (CoreOp op : program.ops()) {
      for (int i = 0; i < CoreStream.lines(op); i++) {
        assertThat(job.operation(0, line++)).isEqualTo(op.toString());
      }
    }
    assertThat(job.operation(0, line)).isEqualTo("End[]");
    assertThat(job.operation(0, line + 1)).isNull();
    assertThat(job.operation(0, -1)).isNull();
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
