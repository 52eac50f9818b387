package io.cipherstream.workflow.data;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Passes characters on and fails at the first line that is longer than its limit. */
final class LineLimit extends FilterReader {

  private final String file;
  private final int charsMax;
  private long line = 1;
  private int length;

  LineLimit(Reader in, String file, int charsMax) {
    super(in);
    this.file = file;
    this.charsMax = charsMax;
  }

  @Override
  public int read() throws IOException {
    int c = super.read();
    if (c >= 0) {
      count((char) c);
    }
    return c;
  }

  @Override
  public int read(char[] buffer, int offset, int count) throws IOException {
    int got = super.read(buffer, offset, count);
    for (int i = offset; i < offset + got; i++) {
      count(buffer[i]);
    }
    return got;
  }

  private void count(char c) {
    if (c == '\n') {
      line++;
      length = 0;
    } else if (++length > charsMax) {
      throw new DataException(
          DataException.Kind.TOO_LARGE,
          file
              + " line "
              + line
              + ": longer than "
              + charsMax
              + " characters; is this a tab-separated text file?");
    }
  }
}
