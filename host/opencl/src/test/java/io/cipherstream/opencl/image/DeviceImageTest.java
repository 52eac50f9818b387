package io.cipherstream.opencl.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.core.ClusterShape;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images and manifests that are good, damaged, missing or hostile. */
@Tag("native")
class DeviceImageTest {

  private static final byte[] IMAGE = {'C', 'S', 'L', 'P', 1, 2, 3, 4};

  @TempDir private Path folder;

  /** A change that spoils a manifest, and what the refusal names. */
  record Spoilt(String names, Consumer<ObjectNode> change) {
    @Override
    public String toString() {
      return names;
    }
  }

  private static ObjectNode object(ObjectNode root, String name) {
    return (ObjectNode) root.get(name);
  }

  static Stream<Spoilt> spoilt() {
    return Stream.of(
        new Spoilt("member name is missing", m -> m.remove("name")),
        new Spoilt("name is \"../evil\"", m -> m.put("name", "../evil")),
        new Spoilt("board is 7", m -> m.put("board", 7)),
        new Spoilt(
            "kernel is limb_program, expected core_program: build the image again",
            m -> m.put("kernel", "limb_program")),
        new Spoilt("member cluster is missing", m -> m.remove("cluster")),
        new Spoilt("clusters is 3, expected 1 to 2", m -> object(m, "cluster").put("clusters", 3)),
        new Spoilt(
            "products is 12, expected a power", m -> object(m, "cluster").put("products", 12)),
        new Spoilt(
            "products is 128, expected a power", m -> object(m, "cluster").put("products", 128)),
        new Spoilt("streamWords is 16, expected", m -> object(m, "cluster").put("streamWords", 16)),
        new Spoilt(
            "slots is 4097, expected 8 to 4096", m -> object(m, "cluster").put("slots", 4097)),
        new Spoilt("slots is \"64\"", m -> object(m, "cluster").put("slots", "64")),
        new Spoilt("member slots is missing", m -> object(m, "cluster").remove("slots")),
        new Spoilt("cluster is 1", m -> m.put("cluster", 1)),
        new Spoilt("montgomeryBits is 54", m -> m.put("montgomeryBits", 54)),
        new Spoilt("montgomeryBits is \"55\"", m -> m.put("montgomeryBits", "55")),
        new Spoilt("instructionSetVersion is 2", m -> m.put("instructionSetVersion", 2)),
        new Spoilt("clockMHz is 0", m -> m.put("clockMHz", 0)),
        new Spoilt("clockMHz is 1.0E9", m -> m.put("clockMHz", 1e9)),
        new Spoilt("rtlDigest is \"abc\"", m -> m.put("rtlDigest", "abc")),
        new Spoilt("parameters is 3", m -> m.put("parameters", 3)),
        new Spoilt("wordBits is 64", m -> object(m, "parameters").put("wordBits", 64)),
        new Spoilt("wordBits is 50.5", m -> object(m, "parameters").put("wordBits", 50.5)),
        new Spoilt(
            "degreeBitsMax is 9, expected 10 to 16",
            m -> object(m, "parameters").put("degreeBitsMax", 9)),
        new Spoilt("lanes is 0", m -> object(m, "parameters").put("lanes", 0)),
        new Spoilt("segments is 2", m -> object(m, "parameters").put("segments", 2)),
        new Spoilt("moduli is 65", m -> object(m, "parameters").put("moduli", 65)),
        new Spoilt("member image is missing", m -> m.remove("image")),
        new Spoilt("file is \"../x\"", m -> object(m, "image").put("file", "../x")),
        new Spoilt("file is \"/etc/passwd\"", m -> object(m, "image").put("file", "/etc/passwd")),
        new Spoilt("bytes is 0", m -> object(m, "image").put("bytes", 0)),
        new Spoilt("bytes is 2147483648", m -> object(m, "image").put("bytes", 1L << 31)),
        new Spoilt("sha256 is \"\"", m -> object(m, "image").put("sha256", "")),
        new Spoilt("verified is \"all\"", m -> m.put("verified", "all")),
        new Spoilt("notVerified holds 1", m -> m.putArray("notVerified").add(1)));
  }

  @Test
  void aGoodImageIsRead() throws IOException {
    Manifests.write(folder, Manifests.good(IMAGE), IMAGE);
    DeviceImage image = DeviceImage.read(folder);
    assertThat(image.bytes()).isEqualTo(IMAGE);
    assertThat(image.manifest().parameters())
        .isEqualTo(new CoreParameters(50, 10, 13, 4, 8, 64, 32));
    assertThat(image.manifest().simulated()).isTrue();
    assertThat(image.manifest().verified()).containsExactly("random programs");
    assertThat(image).hasToString("image sim-cluster for sim");
  }

  @Test
  void theClustersOfAnImageAreKnown() throws IOException {
    Manifests.write(folder, Manifests.good(IMAGE), IMAGE);
    ImageManifest read = DeviceImage.manifest(folder);
    assertThat(read.cluster()).isEqualTo(new ClusterParameters(1, 8, 2, 64));
    assertThat(read.cluster().shape(read.parameters(), 40))
        .isEqualTo(new ClusterShape(1, 4, 8, 2, 64, 16, 8, 60, 40));
    LimbRing many = RandomPrograms.ring(1, 1024, 33, 50);
    assertThat(read.obstacles(many))
        .containsExactly("the ring has 33 moduli, its table has room for 32");
    assertThat(read.obstacles(RandomPrograms.ring(1, 1024, 32, 50))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("spoilt")
  void aSpoiltManifestIsRefusedByName(Spoilt spoilt) throws IOException {
    ObjectNode manifest = Manifests.good(IMAGE);
    spoilt.change().accept(manifest);
    Manifests.write(folder, manifest, IMAGE);
    refused(EngineException.Kind.BUILD, spoilt.names(), "manifest.json");
  }

  @Test
  void whatIsNoManifestIsRefused() throws IOException {
    String good = Manifests.good(IMAGE).toString();
    for (String text :
        new String[] {
          "",
          "[]",
          "{",
          good + "{}",
          good.replace("\"board\"", "\"name\""),
          "[".repeat(100_000),
          "1".repeat(2 << 20)
        }) {
      Files.writeString(folder.resolve(DeviceImage.MANIFEST), text);
      refused(EngineException.Kind.BUILD, "manifest.json", "build it again");
    }
  }

  @Test
  void aMissingManifestSaysHowToMakeOne() {
    refused(EngineException.Kind.UNAVAILABLE, "no device image in " + folder, "bitstream build");
  }

  @Test
  void aTruncatedImageIsRefused() throws IOException {
    Manifests.write(folder, Manifests.good(IMAGE), new byte[] {'C', 'S', 'L', 'P'});
    refused(EngineException.Kind.BUILD, "it has 4 bytes, expected the 8", "cut short");
  }

  @Test
  void anotherImageOfTheSameLengthIsRefused() throws IOException {
    byte[] other = IMAGE.clone();
    other[7] ^= 1;
    Manifests.write(folder, Manifests.good(IMAGE), other);
    refused(EngineException.Kind.BUILD, "SHA-256", "sim-cluster.csimg");
  }

  @Test
  void aMissingImageIsRefused() throws IOException {
    Manifests.write(folder, Manifests.good(IMAGE), IMAGE);
    Files.delete(folder.resolve("sim-cluster.csimg"));
    refused(EngineException.Kind.BUILD, "it is missing", "sim-cluster.csimg");
  }

  private void refused(EngineException.Kind kind, String... parts) {
    assertThatThrownBy(() -> DeviceImage.read(folder))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
        .hasMessageContainingAll(parts);
  }

  @Test
  void ringsThatDoNotFitAreNamed() {
    CoreParameters p = new CoreParameters(50, 10, 13, 4, 8, 64, 32);
    LimbRing fits = RandomPrograms.ring(1, 8192, 2, 50);
    assertThat(p.obstacles(fits)).isEmpty();
    assertThat(p.obstacles(RandomPrograms.ring(1, 16384, 2, 50)))
        .containsExactly("N is 16384, it takes 1024 to 8192");
    assertThat(p.obstacles(RandomPrograms.ring(1, 512, 2, 50))).hasSize(1);
    assertThat(p.obstacles(RandomPrograms.ring(1, 1024, 2, 51)))
        .containsExactly("the longest modulus has 51 bits, its words have 50 bits");
  }
}
