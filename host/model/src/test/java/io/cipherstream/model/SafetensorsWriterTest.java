package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a trainer keeps comes back bit by bit; a failed write leaves the old file. */
class SafetensorsWriterTest {

  @TempDir private Path folder;

  @Test
  void trainersStateComesBackBitByBit() {
    float[] floats = {1, -0f, 1e-40f, 0.1f, Float.MAX_VALUE, 3};
    double[] doubles = {Math.PI, 5e-324, -1};
    long[] longs = {Long.MIN_VALUE, -1, 1L << 60};
    Path file = folder.resolve("state.safetensors");
    new SafetensorsWriter()
        .metadata("step", "17")
        .addFloats("layer.weight", floats, 2, 3)
        .addDoubles("loss", doubles, 3)
        .addLongs("seeds", longs, 3)
        .write(file);
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.metadata()).isEqualTo(Map.of("step", "17"));
      TensorData weight = read.read("layer.weight");
      assertThat(weight.type()).isEqualTo(TensorType.F32);
      assertThat(weight.expect(2, 3).floats()).containsExactly(floats);
      assertThat(read.read("loss").doubles()).containsExactly(doubles);
      assertThat(read.read("seeds").longs()).containsExactly(longs);
      Expect.kind(ModelException.Kind.UNSUPPORTED, () -> read.read("seeds").doubles())
          .hasMessageContaining("I64");
      Expect.kind(ModelException.Kind.UNSUPPORTED, () -> weight.longs());
      Expect.kind(ModelException.Kind.TENSOR_MISSING, () -> read.read("other"));
    }
  }

  @Test
  void wrongNumberOfValuesAndNamesTwiceAreRefused() {
    SafetensorsWriter writer = new SafetensorsWriter().addFloats("a", new float[6], 2, 3);
    Expect.kind(ModelException.Kind.SHAPE, () -> writer.addFloats("b", new float[5], 2, 3));
    Expect.kind(ModelException.Kind.MALFORMED, () -> writer.addLongs("a", new long[1], 1))
        .hasMessageContaining("'a'");
  }

  @Test
  void fullDiskIsNamedAndLeavesTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("old"), "old");
    Expect.kind(
            ModelException.Kind.IO,
            () ->
                ModelFiles.replace(
                    file,
                    out -> {
                      out.write("half of the ne".getBytes(StandardCharsets.UTF_8));
                      throw new IOException("No space left on device");
                    }))
        .hasMessageContaining("the disk is full");
    assertThat(file).hasContent("old");
    try (var files = Files.list(folder)) {
      assertThat(files).as("nothing half-written").containsExactly(file);
    }
  }

  @Test
  void missingFolderIsAnError() {
    Expect.kind(
        ModelException.Kind.IO,
        () -> new SafetensorsWriter().addLongs("a", new long[1], 1).write(folder.resolve("x/y")));
  }
}
