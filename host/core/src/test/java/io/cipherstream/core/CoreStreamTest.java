package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.core.lower.Lowering;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramException;
import io.cipherstream.ring.RandomPrograms;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The binary form says everything that a cluster needs. */
class CoreStreamTest {

  private static final long SEED = Long.getLong("seed", 99);

  private static CoreProgram program(int run, int clusters) {
    LimbRing ring = RandomPrograms.ring(SEED, 64, 3, 50);
    LimbProgram random = new RandomPrograms(SEED + run, ring).next(200);
    LimbProgram fusible = new FusiblePrograms(SEED + run, ring).next(200);
    return new Lowering(ClusterShape.of(clusters, 4, 4, 4, 16, 8))
        .lower(run % 2 == 0 ? random : fusible);
  }

  /** Each cluster reads its operations in order, and a RECEIVE for each result from elsewhere. */
  @Test
  void streamsDecodeToTheOperations() {
    for (int run = 0; run < 8; run++) {
      int clusters = 1 + run % 3;
      CoreProgram p = program(run, clusters);
      int decoded = 0;
      for (int c = 0; c < clusters; c++) {
        List<CoreStream.Entry> expected = new ArrayList<>();
        for (CoreOp op : p.ops()) {
          if (op.cluster() == c) {
            expected.add(new CoreStream.Entry(op, CoreLayout.SLOT_NONE));
          } else if (!op.d().isEmpty() && op.d().get(c) != CoreLayout.SLOT_NONE) {
            expected.add(new CoreStream.Entry(null, op.d().get(c)));
          }
        }
        ByteBuffer stream = CoreStream.encode(p, c);
        assertThat(CoreStream.decode(stream, c, clusters))
            .as("seed %d, run %d, cluster %d", SEED, run, c)
            .isEqualTo(expected);
        decoded += expected.size();
      }
      assertThat(decoded).isGreaterThanOrEqualTo(p.ops().size());
    }
  }

  @Test
  void brokenStreamsAreRefused() {
    CoreProgram p = program(1, 1);
    ByteBuffer good = CoreStream.encode(p, 0);
    ByteBuffer noOpcode = copy(good);
    noOpcode.put(CoreLayout.OPCODE, (byte) 99);
    assertThatThrownBy(() -> CoreStream.decode(noOpcode, 0, 1))
        .isInstanceOf(ProgramException.class)
        .hasMessage("line 0: no operation has the opcode 99");
    ByteBuffer noEnd = copy(good);
    noEnd.limit(noEnd.limit() - CoreLayout.OP_BYTES);
    assertThatThrownBy(() -> CoreStream.decode(noEnd, 0, 1))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("without END");
    int dot = 0;
    for (CoreOp op : p.ops()) {
      if (op instanceof CoreOp.Dot) {
        break;
      }
      dot += CoreStream.lines(op) * CoreLayout.OP_BYTES;
    }
    ByteBuffer badTerm = copy(good);
    badTerm.put(dot + CoreLayout.OP_BYTES + CoreLayout.TERM_KIND, (byte) 3);
    assertThatThrownBy(() -> CoreStream.decode(badTerm, 0, 1))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("term 0 is of kind 3");
    ByteBuffer many = copy(good);
    many.put(dot + CoreLayout.TERMS, (byte) 200);
    assertThatThrownBy(() -> CoreStream.decode(many, 0, 1))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("200 terms");
  }

  private static ByteBuffer copy(ByteBuffer from) {
    ByteBuffer to = ByteBuffer.allocate(from.limit()).order(from.order());
    to.put(0, from, 0, from.limit());
    return to;
  }
}
