package io.cipherstream.client;

import io.cipherstream.trace.Spans;
import io.opentelemetry.api.trace.Span;
import java.util.Iterator;
import java.util.List;

/**
 * The parts of a request's body, and the span in which they are sent: it ends when the connection
 * has taken the last one. Read by the HTTP client's threads.
 */
final class SentParts implements Iterable<byte[]> {

  private final List<byte[]> parts;
  private volatile Span span = Span.getInvalid();

  SentParts(List<byte[]> parts) {
    this.parts = parts;
  }

  long bytes() {
    return parts.stream().mapToLong(part -> part.length).sum();
  }

  /** They are about to be sent. */
  void begin(Spans spans) {
    span = spans.span("upload").setAttribute(Spans.BYTES, bytes()).startSpan();
  }

  /** They were sent, or will not be. */
  void end() {
    span.end();
  }

  @Override
  public Iterator<byte[]> iterator() {
    Iterator<byte[]> left = parts.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        boolean more = left.hasNext();
        if (!more) {
          end();
        }
        return more;
      }

      @Override
      public byte[] next() {
        return left.next();
      }
    };
  }
}
