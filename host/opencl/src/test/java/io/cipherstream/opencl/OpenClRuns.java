package io.cipherstream.opencl;

import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Runs programs in tests: uploads the arguments, downloads what they hold afterwards. */
final class OpenClRuns {

  private OpenClRuns() {}

  static List<long[]> copies(List<long[]> data) {
    return data.stream().map(long[]::clone).toList();
  }

  /** Replaces the words by what the arguments hold after the program. */
  static ProgramResult on(LimbEngine engine, LimbProgram program, List<long[]> words) {
    List<LimbView> views = upload(engine, words);
    ProgramResult result = engine.submit(program, views).await();
    download(engine, views, words);
    return result;
  }

  static List<LimbView> upload(LimbEngine engine, List<long[]> words) {
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

  /** Also closes the buffers. */
  static void download(LimbEngine engine, List<LimbView> views, List<long[]> words) {
    for (int i = 0; i < words.size(); i++) {
      ByteBuffer bytes = direct(words.get(i).length);
      engine.download(views.get(i).buffer(), 0, bytes);
      bytes.asLongBuffer().get(words.get(i));
      views.get(i).buffer().close();
    }
  }

  static ByteBuffer direct(long words) {
    return ByteBuffer.allocateDirect(Math.toIntExact(words * Long.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
