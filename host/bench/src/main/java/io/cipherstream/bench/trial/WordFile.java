package io.cipherstream.bench.trial;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.ring.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The words of a segment as a file: 64-bit little endian, or unsigned decimal numbers where the
 * name ends with {@code .txt}, between spaces, commas or line ends, comments behind {@code #}.
 */
final class WordFile {

  private static final String TEXT = ".txt";

  /** A decimal number of 64 bits and what stands beside it. */
  private static final long TEXT_BYTES_MAX = 64;

  private WordFile() {}

  /**
   * @throws TrialException if the file cannot be read or has not exactly the segment's words
   */
  static long[] read(Path file, Segment segment) {
    boolean text = file.toString().endsWith(TEXT);
    long words = segment.words();
    try {
      long bytes = Files.size(file);
      if (text ? bytes > words * TEXT_BYTES_MAX : bytes != words * Long.BYTES) {
        throw new TrialException(
            String.format(
                "%s has %d bytes, expected the %d words of segment %s in %s %d bytes",
                file,
                bytes,
                words,
                segment.name(),
                text ? "at most" : "exactly",
                words * (text ? TEXT_BYTES_MAX : Long.BYTES)));
      }
      return text ? decimals(file, segment) : littleEndian(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new TrialException(file + " cannot be read: " + e, e);
    }
  }

  private static long[] littleEndian(byte[] bytes) {
    long[] words = new long[bytes.length / Long.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
    return words;
  }

  private static long[] decimals(Path file, Segment segment) throws IOException {
    long[] words = new long[Math.toIntExact(segment.words())];
    int count = 0;
    int line = 0;
    for (String each : Files.readString(file, StandardCharsets.UTF_8).lines().toList()) {
      line++;
      for (String number : each.replaceFirst("#.*", "").split("[\\s,]+", -1)) {
        if (number.isEmpty()) {
          continue;
        }
        if (count == words.length) {
          throw new TrialException(
              file + ", line " + line + ": more than the " + count + " words of " + segment.name());
        }
        try {
          words[count++] = Long.parseUnsignedLong(number);
        } catch (NumberFormatException e) {
          throw new TrialException(
              file + ", line " + line + ": '" + number + "', expected a number from 0 to 2^64 - 1",
              e);
        }
      }
    }
    if (count < words.length) {
      throw new TrialException(
          file
              + " has "
              + count
              + " words, expected the "
              + words.length
              + " of "
              + segment.name());
    }
    return words;
  }

  /**
   * Writes words in the form that the file's name says.
   *
   * @throws TrialException if that fails
   */
  static void write(Path file, long[] words) {
    byte[] content;
    if (file.toString().endsWith(TEXT)) {
      StringBuilder text = new StringBuilder();
      for (long word : words) {
        text.append(Long.toUnsignedString(word)).append('\n');
      }
      content = text.toString().getBytes(StandardCharsets.US_ASCII);
    } else {
      ByteBuffer bytes =
          ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asLongBuffer().put(words);
      content = bytes.array();
    }
    try {
      FileReplacer.PLAIN.replace(file, content);
    } catch (IOException e) {
      throw new TrialException(file + " cannot be written: " + e, e);
    }
  }
}
