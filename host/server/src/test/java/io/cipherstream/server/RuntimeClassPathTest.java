package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What Maven puts on the appliance's class path at run time cannot decrypt and makes no keys. */
class RuntimeClassPathTest {

  private static final Path LIST = Path.of("target", "runtime-test.classpath");

  @Test
  void holdsNoSecretKeyCode() throws IOException {
    List<Path> entries = entries();
    assertThat(entries).hasSizeGreaterThan(20);
    assertThat(entries.toString())
        .contains("vertx-core")
        .contains("seal")
        .doesNotContain("seal-client");
    for (Path entry : entries) {
      for (String name : names(entry)) {
        if (name.startsWith("io/cipherstream/") && name.endsWith(".class")) {
          assertThat(name)
              .as("a class on the appliance's class path, in %s", entry)
              .doesNotStartWith("io/cipherstream/seal/client/")
              .doesNotContain("Decrypt")
              .doesNotContain("KeyGenerator")
              .doesNotContain("SecretKey")
              .doesNotContain("Encryptor");
        }
      }
    }
  }

  @Test
  void nativeLibraryHasNeitherDecryptorNorKeyGenerator() throws IOException {
    int libraries = 0;
    for (Path entry : entries()) {
      for (String name : names(entry)) {
        if (name.startsWith("io/cipherstream/") && name.endsWith(".so")) {
          String bytes = new String(read(entry, name), StandardCharsets.ISO_8859_1);
          assertThat(bytes.contains("Evaluator")).as("%s is SEAL's evaluator", name).isTrue();
          assertThat(bytes.contains("Decryptor")).as("%s decrypts", name).isFalse();
          assertThat(bytes.contains("KeyGenerator")).as("%s makes keys", name).isFalse();
          libraries++;
        }
      }
    }
    assertThat(libraries).isPositive();
  }

  private static List<Path> entries() throws IOException {
    return Stream.of(Files.readString(LIST).strip().split(java.io.File.pathSeparator))
        .map(Path::of)
        .toList();
  }

  private static List<String> names(Path entry) throws IOException {
    if (Files.isDirectory(entry)) {
      try (Stream<Path> walk = Files.walk(entry)) {
        return walk.filter(Files::isRegularFile)
            .map(file -> entry.relativize(file).toString())
            .toList();
      }
    }
    try (JarFile jar = new JarFile(entry.toFile())) {
      List<String> names = new ArrayList<>();
      jar.stream().forEach(e -> names.add(e.getName()));
      return names;
    }
  }

  private static byte[] read(Path entry, String name) throws IOException {
    if (Files.isDirectory(entry)) {
      return Files.readAllBytes(entry.resolve(name));
    }
    try (JarFile jar = new JarFile(entry.toFile());
        InputStream in = jar.getInputStream(jar.getEntry(name))) {
      return in.readAllBytes();
    }
  }
}
