package io.cipherstream.server;

import io.cipherstream.files.FileReplacer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The token of the administration: 32 random bytes in a file that only its owner can read. */
final class AdminToken {

  /** File in the data directory; delete it and restart for another token. */
  static final String FILE = "admin-token";

  private static final int BYTES = 32;
  private static final int CHARS_MIN = 32;

  private AdminToken() {}

  /** Reads the token, or makes it. */
  static String of(Path dataDirectory) throws IOException {
    Path file = dataDirectory.resolve(FILE);
    if (!Files.exists(file)) {
      byte[] token = new byte[BYTES];
      new SecureRandom().nextBytes(token);
      FileReplacer.SECRET.replace(
          file, HexFormat.of().formatHex(token).getBytes(StandardCharsets.US_ASCII));
    }
    String token = Files.readString(file).strip();
    if (token.length() < CHARS_MIN) {
      throw new IOException(
          file + ": expected a token of at least 32 characters; delete it to generate one");
    }
    return token;
  }
}
