package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.seal.client.jni.ClientShim;
import io.cipherstream.seal.jni.SealShim;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The evaluator's library holds neither a key generator nor a decryptor, natively or in Java. */
@Tag("native")
class NoSecretInEvaluatorTest {

  /** SEAL's constructors of KeyGenerator, Decryptor and the symmetric Encryptor hold this text. */
  private static final String TEXT = "secret key is not valid for encryption parameters";

  @Test
  void nativeLibraryHasNoCodeForSecretKeys() throws IOException {
    assertThat(library(SealShim.class, "libjniSealShim.so")).doesNotContain(TEXT);
    assertThat(library(ClientShim.class, "libjniClientShim.so")).contains(TEXT);
  }

  @Test
  void nativeLibrariesNameNoBuildFolder() throws IOException {
    String folder = System.getProperty("user.dir").replaceFirst("/host/.*", "/");
    assertThat(library(SealShim.class, "libjniSealShim.so")).doesNotContain(folder);
    assertThat(library(ClientShim.class, "libjniClientShim.so")).doesNotContain(folder);
  }

  @Test
  void shimHasNoSecretOperation() {
    assertThat(
            Arrays.stream(SealShim.class.getMethods())
                .map(m -> m.getName().toLowerCase(Locale.ROOT)))
        .noneMatch(name -> name.contains("decrypt") || name.contains("secret"));
  }

  private static String library(Class<?> owner, String name) throws IOException {
    try (InputStream stream = owner.getResourceAsStream("linux-x86_64/" + name)) {
      assertThat(stream).as(name).isNotNull();
      return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
