package io.cipherstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.seal.client.SealClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
    try (SealClient first = SecretKeyFile.open(file, PARAMETERS);
        SealClient second = SecretKeyFile.open(file, PARAMETERS)) {
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
                try (SealClient key = SecretKeyFile.open(file, PARAMETERS)) {
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
    try (SealClient kept = SecretKeyFile.open(file, PARAMETERS)) {
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
    SecretKeyFile.open(file, PARAMETERS).close();
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
    SecretKeyFile.open(file, PARAMETERS).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    refused("rw-r-----");
  }

  @Test
  void refusesATruncatedKey() throws IOException {
    SecretKeyFile.open(file, PARAMETERS).close();
    byte[] content = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(content, content.length - 1));
    refused("bytes");
  }

  @Test
  void refusesAChangedKey() throws IOException {
    SecretKeyFile.open(file, PARAMETERS).close();
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    refused("digest");
  }

  @Test
  void refusesAKeyOfOtherParameters() {
    SecretKeyFile.open(file, CkksParameters.N16384).close();
    refused("bytes");
  }

  private void refused(String why) {
    assertThatThrownBy(() -> SecretKeyFile.open(file, PARAMETERS))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.KEY_FILE))
        .hasMessageContaining(why)
        .hasMessageContaining("delete");
  }
}
