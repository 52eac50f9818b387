package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/package/sign.sh} writes, checked with Java's own Ed25519 and SHA-256. */
class ReleaseSigningTest {

  private static final Path SCRIPT =
      Path.of("..", "..", "deploy", "package", "sign.sh").toAbsolutePath().normalize();

  @TempDir private Path folder;

  private int run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile()).start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void filesThatAreSignedCanBeCheckedWithThePublicKey() throws Exception {
    Path release = Files.createDirectory(folder.resolve("release"));
    byte[] content = "a package".getBytes(StandardCharsets.UTF_8);
    Files.write(release.resolve("one.deb"), content);
    Files.writeString(release.resolve("two.tar.gz"), "another");
    assertThat(run("openssl", "genpkey", "-algorithm", "ed25519", "-out", "release.key")).isZero();
    assertThat(run("openssl", "pkey", "-in", "release.key", "-pubout", "-out", "release.pub"))
        .isZero();
    assertThat(run(SCRIPT.toString(), "release.key", "release/one.deb", "release/two.tar.gz"))
        .isZero();

    List<String> sums = Files.readAllLines(release.resolve("SHA256SUMS"));
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    assertThat(sums).hasSize(2).contains(digest + "  one.deb");
    byte[] signed = Files.readAllBytes(release.resolve("SHA256SUMS"));
    byte[] signature = Files.readAllBytes(release.resolve("SHA256SUMS.sig"));
    assertThat(verifies(signed, signature)).isTrue();
    signed[0] ^= 1;
    assertThat(verifies(signed, signature)).as("one bit of a digest is another").isFalse();
  }

  private boolean verifies(byte[] signed, byte[] signature) throws Exception {
    String pem = Files.readString(folder.resolve("release.pub"));
    byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    PublicKey known = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key));
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(known);
    verifier.update(signed);
    return verifier.verify(signature);
  }

  @Test
  void anotherKeyOrFilesOfTwoFoldersAreRefused() throws Exception {
    Files.writeString(folder.resolve("a"), "a");
    Files.createDirectory(folder.resolve("other"));
    Files.writeString(folder.resolve("other").resolve("b"), "b");
    assertThat(run("openssl", "genpkey", "-algorithm", "ed25519", "-out", "release.key")).isZero();
    assertThat(run(SCRIPT.toString(), "release.key", "a", "other/b")).isEqualTo(2);
    assertThat(run(SCRIPT.toString(), "a", "a")).isEqualTo(2);
    assertThat(run(SCRIPT.toString(), "release.key", "missing")).isEqualTo(2);
  }
}
