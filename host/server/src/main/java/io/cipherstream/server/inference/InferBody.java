package io.cipherstream.server.inference;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Splits a request's body, in whatever pieces it arrives, into its JSON header and the tensors
 * after it. Keeps only the header. Used on one context.
 */
final class InferBody {

  /** Receives the parts. */
  interface Parts {
    /**
     * The whole header.
     *
     * @return lengths of the tensors that follow; empty to take nothing more
     */
    List<Integer> header(byte[] json);

    /** A piece of the tensor that is due; the bytes are valid during the call. */
    void piece(ByteBuf bytes, boolean last);
  }

  private final byte[] header;
  private final Parts parts;
  private final Queue<Integer> due = new ArrayDeque<>();
  private int inHeader;
  private int left;

  /**
   * @param headerBytes at least 1, bounded by the caller
   */
  InferBody(int headerBytes, Parts parts) {
    this.header = new byte[headerBytes];
    this.parts = parts;
  }

  /** The next bytes; those after the last tensor are skipped. */
  void data(ByteBuf bytes) {
    if (inHeader < header.length) {
      int more = Math.min(header.length - inHeader, bytes.readableBytes());
      bytes.readBytes(header, inHeader, more);
      inHeader += more;
      if (inHeader < header.length) {
        return;
      }
      due.addAll(parts.header(header));
    }
    while (bytes.isReadable()) {
      if (left == 0) {
        Integer next = due.poll();
        if (next == null) {
          bytes.skipBytes(bytes.readableBytes());
          return;
        }
        left = next;
      }
      int more = Math.min(left, bytes.readableBytes());
      left -= more;
      parts.piece(bytes.readSlice(more), left == 0);
    }
  }

  /** Whether everything announced has arrived. */
  boolean isComplete() {
    return inHeader == header.length && left == 0 && due.isEmpty();
  }

  /** Whether the header has arrived. */
  boolean hasHeader() {
    return inHeader == header.length;
  }
}
