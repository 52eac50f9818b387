package io.cipherstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys end when they are too old, and only those of the client that says so. */
class KeyAgesTest {

  private static final Instant NOW = Instant.parse("2026-05-01T00:00:00Z");
  private static final Duration MONTH = Duration.ofDays(30);

  @TempDir private Path home;

  @Test
  void onlyOldKeysOfTheOwnProfileEnd() throws IOException {
    ClientOptions own = options("own");
    ClientOptions other = options("own-2");
    CkksParameters first = CkksParameters.named("n8192");
    CkksParameters second = CkksParameters.named("n8192-sealed");
    Path old = key(own, first, NOW.minus(Duration.ofDays(31)));
    Path fresh = key(own, second, NOW.minus(Duration.ofDays(29)));
    Files.move(old, SecretKeyFile.sealed(old)); // under a passphrase
    old = SecretKeyFile.sealed(old);
    Path strange = key(other, first, NOW.minus(Duration.ofDays(99)));
    assertThat(KeyAges.anyOlderThan(own, MONTH, NOW)).isTrue();
    assertThat(KeyAges.endOlderThan(own, MONTH, NOW)).isEqualTo(1);
    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
    assertThat(strange).exists();
    assertThat(KeyAges.anyOlderThan(own, MONTH, NOW)).isFalse();
    assertThat(KeyAges.endOlderThan(own, MONTH, NOW)).isZero();
  }

  private ClientOptions options(String profile) {
    return ClientOptions.builder(URI.create("https://appliance:8443"), home)
        .profile(profile)
        .build();
  }

  private static Path key(ClientOptions options, CkksParameters set, Instant made)
      throws IOException {
    Path file = SecretKeyFile.of(options, set);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {1});
    Files.setLastModifiedTime(file, FileTime.from(made));
    return file;
  }
}
