package io.cipherstream.ring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Moves and compares words of any length between engines and the Java heap through two direct
 * buffers of its own. Close it to free them; not thread-safe.
 */
final class Staging implements AutoCloseable {

  private static final int CHUNK_WORDS = 1 << 17;

  private final ByteBuf first = UnpooledByteBufAllocator.DEFAULT.directBuffer(CHUNK_WORDS * 8);
  private final ByteBuf second = UnpooledByteBufAllocator.DEFAULT.directBuffer(CHUNK_WORDS * 8);

  /** Words that differ. */
  record Difference(long word, long left, long right) {}

  void upload(long[] words, LimbEngine engine, LimbBuffer target, long at) {
    for (int done = 0; done < words.length; done += CHUNK_WORDS) {
      int count = Math.min(CHUNK_WORDS, words.length - done);
      ByteBuffer chunk = chunk(first, count);
      chunk.asLongBuffer().put(words, done, count);
      engine.upload(chunk, target, at + done);
    }
  }

  /** The words of a view. */
  long[] download(LimbEngine engine, LimbView source) {
    long[] words = new long[Math.toIntExact(source.words())];
    for (int done = 0; done < words.length; done += CHUNK_WORDS) {
      int count = Math.min(CHUNK_WORDS, words.length - done);
      ByteBuffer chunk = chunk(first, count);
      engine.download(source.buffer(), source.offset() + done, chunk);
      chunk.asLongBuffer().get(words, done, count);
    }
    return words;
  }

  /** Copies the words of a view into another engine's buffer from word 0 on. */
  void copy(LimbEngine from, LimbView source, LimbEngine to, LimbBuffer target) {
    for (long done = 0; done < source.words(); done += CHUNK_WORDS) {
      ByteBuffer chunk = chunk(first, (int) Math.min(CHUNK_WORDS, source.words() - done));
      from.download(source.buffer(), source.offset() + done, chunk);
      to.upload(chunk, target, done);
    }
  }

  /** The first word that differs, its number within the views, or null. */
  @Nullable Difference difference(
      LimbEngine leftEngine, LimbView left, LimbEngine rightEngine, LimbView right) {
    for (long done = 0; done < left.words(); done += CHUNK_WORDS) {
      int count = (int) Math.min(CHUNK_WORDS, left.words() - done);
      ByteBuffer a = chunk(first, count);
      ByteBuffer b = chunk(second, count);
      leftEngine.download(left.buffer(), left.offset() + done, a);
      rightEngine.download(right.buffer(), right.offset() + done, b);
      int at = a.mismatch(b);
      if (at >= 0) {
        int word = at / Long.BYTES;
        return new Difference(
            done + word, a.getLong(word * Long.BYTES), b.getLong(word * Long.BYTES));
      }
    }
    return null;
  }

  private static ByteBuffer chunk(ByteBuf buffer, int words) {
    return buffer.nioBuffer(0, words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    first.release();
    second.release();
  }
}
