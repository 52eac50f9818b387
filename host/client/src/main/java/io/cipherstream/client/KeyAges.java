package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ends secret keys that are too old. Whoever uses one must have closed its client before; the next
 * inference makes a new key, and closes the session of the old one.
 */
public final class KeyAges {

  private KeyAges() {}

  /**
   * Whether a client has a key that is older.
   *
   * @throws ClientException of kind KEY_FILE if the age of one cannot be read
   */
  public static boolean anyOlderThan(ClientOptions options, Duration age, Instant now) {
    return files(options).stream().anyMatch(file -> isOlder(file, age, now));
  }

  /**
   * Deletes a client's keys that are older.
   *
   * @return how many
   * @throws ClientException of kind KEY_FILE if one cannot be deleted
   */
  public static int endOlderThan(ClientOptions options, Duration age, Instant now) {
    int ended = 0;
    for (Path file : files(options)) {
      if (isOlder(file, age, now)) {
        try {
          Files.deleteIfExists(file);
          ended++;
        } catch (IOException e) {
          throw new ClientException(
              Kind.KEY_FILE, file + " could not be deleted: " + e.getMessage(), e);
        }
      }
    }
    return ended;
  }

  /** A client's keys, of whatever parameter set. */
  private static List<Path> files(ClientOptions options) {
    Path folder = SecretKeyFile.folder(options);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> SecretKeyFile.isOf(options, file)).toList();
    } catch (IOException e) {
      throw new ClientException(
          Kind.KEY_FILE, "the keys in " + folder + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /** A key's file is written once, when the key is made. */
  private static boolean isOlder(Path file, Duration age, Instant now) {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(age));
    } catch (IOException e) {
      throw new ClientException(
          Kind.KEY_FILE, "the age of " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
