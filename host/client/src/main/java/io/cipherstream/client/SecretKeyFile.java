package io.cipherstream.client;

import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.seal.client.SealClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A secret key on disk: "CSSK", format version, parameter-set digest, the key's words, SHA-256 over
 * all of these, as they are or under a {@link KeyPassphrase}. Owner-only access; replaced
 * atomically; wiped from the heap after use.
 */
final class SecretKeyFile {

  private static final byte[] MAGIC = {'C', 'S', 'S', 'K'};
  private static final String ENDING = ".key";
  private static final String SEALED_ENDING = ".p12";
  private static final int VERSION = 1;
  private static final byte[] ID_LABEL =
      "cipherstream secret key id".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGEST_BYTES = 32;
  private static final int HEADER_BYTES = MAGIC.length + Integer.BYTES + DIGEST_BYTES;

  private SecretKeyFile() {}

  /** Where the key of a client for a parameter set is kept. */
  static Path of(ClientOptions options, CkksParameters parameters) {
    return folder(options).resolve(options.profile() + "-" + parameters.name() + ENDING);
  }

  static Path folder(ClientOptions options) {
    return options.home().resolve("keys");
  }

  /** Whether a file of that folder is a key of this client, and of no other one's profile. */
  static boolean isOf(ClientOptions options, Path file) {
    String name = file.getFileName().toString();
    String start = options.profile() + "-";
    String ending = name.endsWith(SEALED_ENDING) ? SEALED_ENDING : ENDING;
    if (!name.startsWith(start) || !name.endsWith(ending)) {
      return false;
    }
    try {
      CkksParameters.named(name.substring(start.length(), name.length() - ending.length()));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Where the key of a file is under a passphrase: beside it. */
  static Path sealed(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - ENDING.length()) + SEALED_ENDING);
  }

  /**
   * The key in that file, or a new one that is first written there. With a passphrase it is in the
   * file {@link #sealed}, and a key that was there without one is put under it.
   *
   * @throws ClientException of kind KEY_FILE if the file is damaged, for other parameters, readable
   *     by others, or under another passphrase or one that was not given
   */
  static SealClient open(Path file, CkksParameters parameters, Optional<KeyPassphrase> passphrase) {
    Path sealed = sealed(file);
    if (passphrase.isEmpty()) {
      if (Files.exists(sealed)) {
        throw new ClientException(
            Kind.KEY_FILE,
            sealed
                + " is under a passphrase and none was given: set CIPHERSTREAM_KEY_PASSPHRASE or give"
                + " --key-passphrase-file, or delete the file to make a new key (sessions then send"
                + " their keys again)");
      }
      return open(file, parameters, KeyForm.PLAIN);
    }
    KeyForm form = new KeyForm.Sealed(passphrase.get());
    if (Files.exists(file)) {
      seal(file, sealed, form, parameters);
    }
    return open(sealed, parameters, form);
  }

  /** Puts a key under a passphrase, under which it has the same age, and deletes the other file. */
  private static void seal(Path plain, Path sealed, KeyForm form, CkksParameters parameters) {
    SealClient key = read(plain, parameters, KeyForm.PLAIN);
    try (key) {
      FileTime made = Files.getLastModifiedTime(plain);
      if (!writeNew(sealed, key, form)) {
        requireSame(plain, key, sealed, form);
      }
      Files.setLastModifiedTime(sealed, made);
      Files.deleteIfExists(plain);
    } catch (IOException e) {
      throw new ClientException(
          Kind.KEY_FILE, plain + " could not be put under the passphrase: " + e.getMessage(), e);
    }
  }

  /** Both are there where an earlier attempt was interrupted. */
  private static void requireSame(Path plain, SealClient key, Path sealed, KeyForm form) {
    try (SealClient other = read(sealed, key.parameters(), form)) {
      if (!id(other).equals(id(key))) {
        throw new ClientException(
            Kind.KEY_FILE,
            plain
                + " and "
                + sealed
                + " hold different keys: expected one of them; delete the other");
      }
    }
  }

  private static SealClient open(Path file, CkksParameters parameters, KeyForm form) {
    try {
      if (Files.exists(file)) {
        return read(file, parameters, form);
      }
      SealClient fresh = SealClient.generate(parameters);
      boolean written = false;
      try {
        written = writeNew(file, fresh, form);
      } finally {
        if (!written) {
          fresh.close();
        }
      }
      // Another process may have been first; its key is then in the file, and stays.
      return written ? fresh : read(file, parameters, form);
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw new ClientException(
          Kind.LOCAL, "the native library for keys could not be loaded: " + e.getMessage(), e);
    }
  }

  private static boolean writeNew(Path file, SealClient key, KeyForm form) {
    int bytes = Long.BYTES * key.secretKeyWords();
    ByteBuffer words = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] content = new byte[HEADER_BYTES + bytes + DIGEST_BYTES];
    try {
      key.copySecretKeyTo(words);
      ByteBuffer out = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
      out.put(MAGIC).putInt(VERSION).put(key.parameters().digest()).put(words.flip());
      out.put(Trust.sha256(Arrays.copyOf(content, content.length - DIGEST_BYTES)));
      return SecretFiles.writeNew(file, form.written(content));
    } finally {
      Arrays.fill(content, (byte) 0);
      wipe(words);
    }
  }

  private static SealClient read(Path file, CkksParameters parameters, KeyForm form) {
    byte[] content = form.read(SecretFiles.read(file), file);
    int bytes = Long.BYTES * SealClient.secretKeyWords(parameters);
    ByteBuffer words = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (content.length != HEADER_BYTES + bytes + DIGEST_BYTES) {
        throw damaged(
            file, content.length + " bytes", HEADER_BYTES + bytes + DIGEST_BYTES + " bytes");
      }
      int end = content.length - DIGEST_BYTES;
      byte[] digest = Arrays.copyOfRange(content, end, content.length);
      ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
      byte[] magic = new byte[MAGIC.length];
      in.get(magic);
      if (!Arrays.equals(magic, MAGIC) || in.getInt() != VERSION) {
        throw damaged(file, "another header", "a secret key, version " + VERSION);
      }
      byte[] set = new byte[DIGEST_BYTES];
      in.get(set);
      if (!Arrays.equals(set, parameters.digest())) {
        throw damaged(file, "a key for other parameters", "parameter set " + parameters.name());
      }
      if (!Arrays.equals(digest, Trust.sha256(Arrays.copyOf(content, end)))) {
        throw damaged(file, "another digest", "the one written with it");
      }
      words.put(content, HEADER_BYTES, bytes).flip();
      return SealClient.fromSecretKey(parameters, words);
    } catch (CkksException e) {
      throw new ClientException(
          Kind.KEY_FILE, file + " contains no secret key: " + e.getMessage() + remedy(), e);
    } finally {
      Arrays.fill(content, (byte) 0);
      wipe(words);
    }
  }

  /**
   * An id for a secret key in this client's own files, so that a session is never used with another
   * key: SHA-256 over a label and the key's words. It reveals nothing about the key and is never
   * sent.
   */
  static String id(SealClient key) {
    int bytes = Long.BYTES * key.secretKeyWords();
    ByteBuffer words = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] labelled = Arrays.copyOf(ID_LABEL, ID_LABEL.length + bytes);
    try {
      key.copySecretKeyTo(words);
      words.flip().get(labelled, ID_LABEL.length, bytes);
      return HexFormat.of().formatHex(Trust.sha256(labelled));
    } finally {
      Arrays.fill(labelled, (byte) 0);
      wipe(words);
    }
  }

  private static ClientException damaged(Path file, String received, String expected) {
    return new ClientException(
        Kind.KEY_FILE, file + ": expected " + expected + ", received " + received + remedy());
  }

  private static String remedy() {
    return "; delete the file to make a new key (sessions then send their keys again)";
  }

  private static void wipe(ByteBuffer words) {
    words.clear();
    while (words.hasRemaining()) {
      words.putLong(0);
    }
  }
}
