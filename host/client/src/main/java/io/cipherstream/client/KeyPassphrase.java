package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A passphrase under which secret keys are kept: the content of a key's file becomes the only entry
 * of a PKCS#12 file, encrypted with AES-256 under a key that PBKDF2 with HMAC-SHA-256 and {@value
 * #ITERATIONS} iterations makes of the passphrase. Thread-safe.
 */
public final class KeyPassphrase {

  /** Shorter ones are guessed. */
  public static final int CHARACTERS_MIN = 12;

  private static final int CHARACTERS_MAX = 1024;
  private static final int ITERATIONS = 600_000;
  private static final int SALT_BYTES = 20;
  private static final String FORM = "PKCS12";
  private static final String CIPHER = "PBEWithHmacSHA256AndAES_256";
  private static final String ENTRY = "secret-key";

  /** PKCS#12 names the kind of a secret key; the bytes are kept as they are. */
  private static final String ENTRY_KIND = "AES";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final char[] passphrase;
  private final int iterations;

  private KeyPassphrase(char[] passphrase, int iterations) {
    this.passphrase = passphrase;
    this.iterations = iterations;
  }

  /**
   * A passphrase.
   *
   * @throws IllegalArgumentException if it has fewer than {@value #CHARACTERS_MIN} or more than
   *     {@value #CHARACTERS_MAX} characters
   */
  public static KeyPassphrase of(CharSequence passphrase) {
    return of(passphrase, ITERATIONS);
  }

  /**
   * As {@link #of(CharSequence)}.
   *
   * @param iterations of the function that makes the key, for files that are written
   */
  static KeyPassphrase of(CharSequence passphrase, int iterations) {
    int characters = passphrase.length();
    if (characters < CHARACTERS_MIN || characters > CHARACTERS_MAX) {
      throw new IllegalArgumentException(
          "a passphrase of "
              + characters
              + " characters for secret keys: expected "
              + CHARACTERS_MIN
              + " to "
              + CHARACTERS_MAX
              + ", as from 'openssl rand -base64 24'");
    }
    char[] copy = new char[characters];
    for (int i = 0; i < characters; i++) {
      copy[i] = passphrase.charAt(i);
    }
    return new KeyPassphrase(copy, iterations);
  }

  /**
   * The only line of a file that nobody but its owner may read, without white space around it.
   *
   * @throws ClientException of kind KEY_FILE if others have any right on it, it cannot be read, or
   *     has another number of lines
   * @throws IllegalArgumentException as {@link #of}
   */
  public static KeyPassphrase file(Path file) {
    byte[] bytes =
        SecretFiles.read(file, "chmod 600 it, and change the passphrase if others saw it");
    CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
    Arrays.fill(bytes, (byte) 0);
    try {
      String line = text.toString().strip();
      if (line.lines().count() != 1) {
        throw new ClientException(
            Kind.KEY_FILE, file + ": expected one line, the passphrase of the secret keys");
      }
      return of(line);
    } finally {
      Arrays.fill(text.array(), ' ');
    }
  }

  /** A PKCS#12 file with that content. */
  byte[] sealed(byte[] content) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    try {
      KeyStore store = empty();
      store.setEntry(
          ENTRY,
          new KeyStore.SecretKeyEntry(new SecretKeySpec(content, ENTRY_KIND)),
          new KeyStore.PasswordProtection(
              passphrase, CIPHER, new PBEParameterSpec(salt, iterations)));
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      // The checksum of the file itself is made of no passphrase: with this one, in Java's few
      // iterations, it would let a thief try passphrases much faster than the entry does.
      store.store(file, new char[0]);
      return file.toByteArray();
    } catch (GeneralSecurityException | IOException e) {
      throw new ClientException(
          Kind.LOCAL, "a secret key could not be put under its passphrase: " + e.getMessage(), e);
    }
  }

  /**
   * What was {@link #sealed}.
   *
   * @param file where the bytes are from, for the message
   * @throws ClientException of kind KEY_FILE for another passphrase or other bytes
   */
  byte[] opened(byte[] bytes, Path file) {
    try {
      KeyStore store = empty();
      store.load(new ByteArrayInputStream(bytes), null);
      Key entry = store.getKey(ENTRY, passphrase);
      if (entry == null) {
        throw new ClientException(
            Kind.KEY_FILE,
            file + ": expected a PKCS#12 file with an entry '" + ENTRY + "', received another one");
      }
      return entry.getEncoded();
    } catch (GeneralSecurityException | IOException e) {
      throw new ClientException(
          Kind.KEY_FILE,
          file
              + " does not open: the passphrase is another one than that under which it was written,"
              + " or the file is damaged; give the right one, or delete the file to make a new key"
              + " (sessions then send their keys again)",
          e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(FORM);
    store.load(null, null);
    return store;
  }

  @Override
  public String toString() {
    return "a passphrase"; // never shown
  }
}
