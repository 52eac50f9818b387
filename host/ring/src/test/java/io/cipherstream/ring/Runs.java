package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Runs programs in tests: uploads the arguments, downloads what they hold afterwards. */
final class Runs {

  private Runs() {}

  static List<long[]> copies(List<long[]> data) {
    List<long[]> copies = new ArrayList<>();
    data.forEach(x -> copies.add(x.clone()));
    return copies;
  }

  /** What the arguments hold after the program on a new interpreter; {@code data} stays. */
  static List<long[]> on(LimbRing ring, LimbProgram program, List<long[]> data) {
    List<long[]> words = copies(data);
    try (LimbEngine engine = new JavaEngine(ring, 1L << 30)) {
      on(engine, program, words);
    }
    return words;
  }

  /** Replaces the words by what the arguments hold after the program. */
  static ProgramResult on(LimbEngine engine, LimbProgram program, List<long[]> words) {
    List<LimbView> views = new ArrayList<>();
    for (long[] w : words) {
      LimbBuffer buffer = engine.allocate(w.length);
      ByteBuffer bytes = direct(w.length);
      bytes.asLongBuffer().put(w);
      engine.upload(bytes, buffer, 0);
      views.add(LimbView.of(buffer));
    }
    ProgramResult result = engine.submit(program, views).await();
    for (int i = 0; i < words.size(); i++) {
      long[] w = words.get(i);
      ByteBuffer bytes = direct(w.length);
      engine.download(views.get(i).buffer(), 0, bytes);
      bytes.asLongBuffer().get(w);
      views.get(i).buffer().close();
    }
    return result;
  }

  static ByteBuffer direct(int words) {
    return ByteBuffer.allocateDirect(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
