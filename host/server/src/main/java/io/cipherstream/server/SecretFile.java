package io.cipherstream.server;

import io.cipherstream.files.FileReplacer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A secret in a file that only its owner can read, made when it is first needed. */
final class SecretFile {

  private static final int BYTES = 32;

  private SecretFile() {}

  /**
   * Reads the secret, or makes it.
   *
   * @param what it is, as in "a key"
   * @throws IOException also if it is shorter than {@code charsMin} characters
   */
  static String of(Path file, String what, int charsMin) throws IOException {
    if (!Files.exists(file)) {
      FileReplacer.SECRET.replace(file, fresh().getBytes(StandardCharsets.US_ASCII));
    }
    String secret = Files.readString(file).strip();
    if (secret.length() < charsMin) {
      throw new IOException(
          file
              + ": expected "
              + what
              + " of at least "
              + charsMin
              + " characters; delete it to generate one");
    }
    return secret;
  }

  /** 32 random bytes in hexadecimal. */
  static String fresh() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }
}
