package io.cipherstream.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Changes to bytes, all from one seed: flipped bits, overwritten, cut, repeated, put in. */
final class Mutator {

  private static final String[] EXTREMES = {
    "\0",
    "\r\n",
    "\"",
    "{",
    "[[[[[[[[",
    "%zz",
    "%00",
    "-1",
    "1e999",
    "99999999999999999999",
    "null",
    "\u00e9",
    "..",
    ";",
    ":",
    " ",
    "\t",
    "Transfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\n",
    "Upgrade: websocket\r\n",
    "Host: x\r\n"
  };

  final SplittableRandom random;

  Mutator(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A copy with one to four changes. */
  byte[] change(byte[] good) {
    byte[] bad = good.clone();
    for (int i = random.nextInt(1, 5); i > 0 && bad.length > 0; i--) {
      int at = random.nextInt(bad.length);
      bad =
          switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(bad, at);
            case 1 ->
                insert(
                    bad,
                    at,
                    EXTREMES[random.nextInt(EXTREMES.length)].getBytes(StandardCharsets.UTF_8));
            case 2 -> insert(bad, at, bytes(random.nextInt(1, 40)));
            case 3 -> insert(bad, at, Arrays.copyOfRange(bad, at, Math.min(bad.length, at + 30)));
            case 4 -> overwritten(bad, at);
            default -> flipped(bad, at);
          };
    }
    return bad;
  }

  /** A copy with one bit flipped, half of the time in the first {@code head} bytes. */
  byte[] flip(byte[] good, int head) {
    return flipped(
        good.clone(),
        random.nextInt(random.nextBoolean() ? Math.min(head, good.length) : good.length));
  }

  /** A copy with some eight bytes of its header or its payload overwritten by anything. */
  byte[] overwrite(byte[] good, int head) {
    byte[] bad = good.clone();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      overwritten(bad, random.nextInt(random.nextBoolean() ? head : bad.length));
    }
    return bad;
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] flipped(byte[] bytes, int at) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private byte[] overwritten(byte[] bytes, int at) {
    long extreme =
        switch (random.nextInt(4)) {
          case 0 -> -1L;
          case 1 -> 0L;
          case 2 -> Long.MIN_VALUE;
          default -> random.nextLong();
        };
    for (int i = 0; i < Long.BYTES && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (extreme >> (Byte.SIZE * i));
    }
    return bytes;
  }

  private static byte[] insert(byte[] bytes, int at, byte[] more) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, longer, at, more.length);
    System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
    return longer;
  }
}
