package io.cipherstream.bench.cycles.run;

import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program computes on seeded random words: the same on every engine, or one is wrong.
 *
 * @param zeroWords zero words that the program counted
 * @param results words of each argument that the program may write, in order
 */
record ProgramRun(long zeroWords, List<ByteBuffer> results) {

  private static final long SEED = 20_261_124;

  ProgramRun {
    results = List.copyOf(results);
  }

  /** Words of the results. */
  long words() {
    return results.stream().mapToLong(r -> r.remaining() / Long.BYTES).sum();
  }

  /** Runs a program once. */
  static ProgramRun of(LimbEngine engine, LimbProgram program) {
    List<LimbBuffer> buffers = new ArrayList<>();
    try {
      for (long[] words : new RandomPrograms(SEED, program.ring()).data(program)) {
        LimbBuffer buffer = engine.allocate(words.length);
        buffers.add(buffer);
        ByteBuffer bytes = direct(words.length);
        bytes.asLongBuffer().put(words);
        engine.upload(bytes, buffer, 0);
      }
      long zeros =
          engine.submit(program, buffers.stream().map(LimbView::of).toList()).await().zeroWords();
      List<ByteBuffer> results = new ArrayList<>();
      for (int i = 0; i < buffers.size(); i++) {
        Segment segment = program.arguments().get(i);
        if (segment.access().writable()) {
          ByteBuffer bytes = direct(segment.words());
          engine.download(buffers.get(i), 0, bytes);
          results.add(bytes);
        }
      }
      return new ProgramRun(zeros, results);
    } finally {
      buffers.forEach(LimbBuffer::close);
    }
  }

  private static ByteBuffer direct(long words) {
    return ByteBuffer.allocateDirect(Math.toIntExact(words * Long.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
