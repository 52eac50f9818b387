package io.cipherstream.ring;

import java.nio.ByteBuffer;

/** The rule for words that go to an engine's buffer or come from it. */
public final class BufferTransfer {

  private BufferTransfer() {}

  /**
   * @param host the remaining bytes are moved
   * @param word first word of the buffer
   * @param words of the buffer
   * @throws EngineException of kind TRANSFER unless they are whole words of a direct buffer that
   *     lie inside
   */
  public static void check(ByteBuffer host, long word, long words) {
    int bytes = host.remaining();
    if (!host.isDirect()
        || bytes % Long.BYTES != 0
        || word < 0
        || word > words - bytes / Long.BYTES) {
      throw new EngineException(
          EngineException.Kind.TRANSFER,
          "transfer of "
              + bytes
              + (host.isDirect() ? " bytes of a direct" : " bytes of a heap")
              + " buffer at word "
              + word
              + " of "
              + words
              + ": expected a direct buffer of whole words inside");
    }
  }
}
