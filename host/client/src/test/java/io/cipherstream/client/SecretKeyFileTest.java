package io.cipherstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.seal.client.SealClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("native")
class SecretKeyFileTest {

  private static final CkksParameters PARAMETERS = CkksParameters.N8192;
  private static final double SCALE = Math.pow(2, 30);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("keys/one.key");
  }

  @Test
  void theKeyThatWasWrittenDecryptsAgain() {
    double[] back;
    try (SealClient first = open(Optional.empty());
        SealClient second = open(Optional.empty())) {
      var fresh = first.encryptPublic(new double[] {1.5, -2}, 1, SCALE);
      back = second.decrypt(fresh.words(), fresh.size(), 1, SCALE);
    }
    assertThat(back[0]).isCloseTo(1.5, within(1e-3));
    assertThat(back[1]).isCloseTo(-2, within(1e-3));
  }

  @Test
  void whoeverMakesTheKeyAtTheSameTimeGetsTheOneThatStays() throws Exception {
    int together = 4;
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(together);
    List<Future<String>> ids = new ArrayList<>();
    for (int i = 0; i < together; i++) {
      ids.add(
          threads.submit(
              () -> {
                go.await();
                try (SealClient key = open(Optional.empty())) {
                  return SecretKeyFile.id(key);
                }
              }));
    }
    go.countDown();
    Set<String> distinct = new HashSet<>();
    for (Future<String> id : ids) {
      distinct.add(id.get());
    }
    threads.shutdown();
    try (SealClient kept = open(Optional.empty())) {
      assertThat(distinct).containsExactly(SecretKeyFile.id(kept));
    }
  }

  @Test
  void aKeyThatIsThereIsNeverReplaced() {
    assertThat(SecretFiles.writeNew(file, new byte[] {1})).isTrue();
    assertThat(SecretFiles.writeNew(file, new byte[] {2})).isFalse();
    assertThat(SecretFiles.read(file)).containsExactly(1);
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    open(Optional.empty()).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void refusesAKeyThatOthersMayRead() throws IOException {
    open(Optional.empty()).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    refused("rw-r-----");
  }

  @Test
  void refusesATruncatedKey() throws IOException {
    open(Optional.empty()).close();
    byte[] content = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(content, content.length - 1));
    refused("bytes");
  }

  @Test
  void refusesAChangedKey() throws IOException {
    open(Optional.empty()).close();
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    refused("digest");
  }

  @Test
  void refusesAKeyOfOtherParameters() {
    SecretKeyFile.open(file, CkksParameters.N16384, Optional.empty()).close();
    refused("bytes");
  }

  private static final Optional<KeyPassphrase> RIGHT =
      Optional.of(KeyPassphrase.of("correct horse battery", 1000));

  private static final Optional<KeyPassphrase> WRONG =
      Optional.of(KeyPassphrase.of("correct horse batterz", 1000));

  @Test
  void aKeyUnderAPassphraseIsPkcs12AndOpensWithThatOneAlone() throws Exception {
    String id;
    try (SealClient fresh = open(RIGHT)) {
      id = SecretKeyFile.id(fresh);
    }
    Path sealed = SecretKeyFile.sealed(file);
    assertThat(file).doesNotExist();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sealed)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("CSSK");
    KeyStore store = KeyStore.getInstance(sealed.toFile(), new char[0]);
    assertThat(store.getType()).isEqualToIgnoringCase("PKCS12");
    assertThat(store.isKeyEntry("secret-key")).isTrue();
    try (SealClient again = open(RIGHT)) {
      assertThat(SecretKeyFile.id(again)).isEqualTo(id);
    }
    refused(WRONG, "the passphrase is another one");
    refused(Optional.empty(), "CIPHERSTREAM_KEY_PASSPHRASE");
    assertThat(sealed).exists();
  }

  @Test
  void aKeyThatWasThereIsPutUnderThePassphrase() throws Exception {
    String id;
    try (SealClient plain = open(Optional.empty())) {
      id = SecretKeyFile.id(plain);
    }
    FileTime made = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));
    Files.setLastModifiedTime(file, made);
    byte[] before = Files.readAllBytes(file);
    try (SealClient sealed = open(RIGHT)) {
      assertThat(SecretKeyFile.id(sealed)).isEqualTo(id);
    }
    assertThat(file).doesNotExist();
    assertThat(Files.getLastModifiedTime(SecretKeyFile.sealed(file)))
        .as("its age, by which it is replaced")
        .isEqualTo(made);
    SecretFiles.writeNew(file, before); // as where the attempt was interrupted
    Files.setLastModifiedTime(file, made);
    Files.setLastModifiedTime(SecretKeyFile.sealed(file), FileTime.from(Instant.now()));
    refused(WRONG, "the passphrase is another one");
    assertThat(file).exists();
    open(RIGHT).close();
    assertThat(file).doesNotExist();
    assertThat(Files.getLastModifiedTime(SecretKeyFile.sealed(file))).isEqualTo(made);
  }

  @Test
  void twoDifferentKeysAreLeftToTheirOwner() {
    open(RIGHT).close();
    Path other = folder.resolve("other.key");
    SecretKeyFile.open(other, PARAMETERS, Optional.empty()).close();
    SecretFiles.writeNew(file, SecretFiles.read(other));
    refused(RIGHT, "different keys");
    assertThat(file).exists();
    assertThat(SecretKeyFile.sealed(file)).exists();
  }

  @Test
  void aPassphraseIsReadFromAFileOfItsOwnerAlone() throws IOException {
    Path line = Files.writeString(folder.resolve("passphrase"), "correct horse battery\n");
    Files.setPosixFilePermissions(line, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> KeyPassphrase.file(line))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("rw-r--r--")
        .hasMessageContaining("chmod 600");
    Files.setPosixFilePermissions(line, PosixFilePermissions.fromString("rw-------"));
    open(RIGHT).close();
    open(Optional.of(KeyPassphrase.file(line))).close();
    Files.writeString(line, "two\nlines");
    assertThatThrownBy(() -> KeyPassphrase.file(line)).hasMessageContaining("expected one line");
    Files.writeString(line, "short\n");
    assertThatThrownBy(() -> KeyPassphrase.file(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 characters");
  }

  private SealClient open(Optional<KeyPassphrase> passphrase) {
    return SecretKeyFile.open(file, PARAMETERS, passphrase);
  }

  private void refused(String why) {
    refused(Optional.empty(), why);
  }

  private void refused(Optional<KeyPassphrase> passphrase, String why) {
    assertThatThrownBy(() -> open(passphrase))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.KEY_FILE))
        .hasMessageContaining(why)
        .hasMessageContaining("delete");
  }
}
