package io.cipherstream.bench.cycles;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Recordings of real sentences; {@code bench cycles --sentence … --recording} wrote them. */
final class Recordings {

  private Recordings() {}

  /** sst2-tiny, mode paper, token class 16, N = 8192. */
  static Recording tiny() {
    try (InputStream in = Recordings.class.getResourceAsStream("sst2-tiny.recording.gz")) {
      return RecordingFile.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
