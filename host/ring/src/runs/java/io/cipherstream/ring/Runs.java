package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Runs programs in tests: uploads the arguments, downloads what they hold afterwards. */
public final class Runs {

  private Runs() {}

  public static List<long[]> copies(List<long[]> data) {
    List<long[]> copies = new ArrayList<>();
    data.forEach(x -> copies.add(x.clone()));
    return copies;
  }

  /** What the arguments hold after the program on a new interpreter; {@code data} stays. */
  public static List<long[]> on(LimbRing ring, LimbProgram program, List<long[]> data) {
    List<long[]> words = copies(data);
    try (LimbEngine engine = new JavaEngine(ring, 1L << 31)) {
      on(engine, program, words);
    }
    return words;
  }

  /** Replaces the words by what the arguments hold after the program. */
  public static ProgramResult on(LimbEngine engine, LimbProgram program, List<long[]> words) {
    List<LimbView> views = upload(engine, words);
    ProgramResult result = engine.submit(program, views).await();
    download(engine, views, words);
    return result;
  }

  /** A buffer for each argument, with its words. */
  public static List<LimbView> upload(LimbEngine engine, List<long[]> words) {
    List<LimbView> views = new ArrayList<>();
    for (long[] w : words) {
      LimbBuffer buffer = engine.allocate(w.length);
      ByteBuffer bytes = direct(w.length);
      bytes.asLongBuffer().put(w);
      engine.upload(bytes, buffer, 0);
      views.add(LimbView.of(buffer));
    }
    return views;
  }

  /** Replaces the words by what the buffers hold, and closes these. */
  public static void download(LimbEngine engine, List<LimbView> views, List<long[]> words) {
    for (int i = 0; i < words.size(); i++) {
      ByteBuffer bytes = direct(words.get(i).length);
      engine.download(views.get(i).buffer(), 0, bytes);
      bytes.asLongBuffer().get(words.get(i));
      views.get(i).buffer().close();
    }
  }

  public static ByteBuffer direct(long words) {
    return ByteBuffer.allocateDirect(Math.toIntExact(words * Long.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
