package io.cipherstream.client.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.intervals.GenomicInterval;
import io.cipherstream.intervals.IntervalException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BedReaderTest {

  @TempDir private Path folder;

  private List<GenomicInterval> read(String text) throws IOException {
    return BedReader.read(Files.writeString(folder.resolve("a.bed"), text));
  }

  private void refused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("a.bed, line")
        .hasMessageContaining(message);
  }

  @Test
  void coordinatesAreThoseOfTheFile() throws IOException {
    assertThat(read("chr1\t0\t5\nchr2\t7\t9\tname\t5\t+\n"))
        .containsExactly(
            new GenomicInterval("chr1", 0, 5, 1), new GenomicInterval("chr2", 7, 9, 2));
  }

  @Test
  void bedGraphIsItsIntervals() throws IOException {
    assertThat(read("track type=bedGraph\nchr1\t0\t5\t1.25\n"))
        .containsExactly(new GenomicInterval("chr1", 0, 5, 2));
  }

  @Test
  void headersCommentsAndEmptyLinesAreSkipped() throws IOException {
    assertThat(read("browser position chr1\n#x\n\ntrack name=y\nchr1\t1\t2"))
        .containsExactly(new GenomicInterval("chr1", 1, 2, 5));
  }

  @Test
  void windowsLineEnds() throws IOException {
    assertThat(read("chr1\t1\t2\r\nchr1\t3\t4\r\n"))
        .containsExactly(
            new GenomicInterval("chr1", 1, 2, 1), new GenomicInterval("chr1", 3, 4, 2));
  }

  @Test
  void anEmptyFileHasNoIntervals() throws IOException {
    assertThat(read("")).isEmpty();
  }

  @Test
  void gzipWithSeveralMembers() throws IOException {
    Path file = folder.resolve("a.bed.gz");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (String part : List.of("chr1\t1\t2\n", "chr1\t3\t4\n")) {
        GZIPOutputStream member = new GZIPOutputStream(out);
        member.write(part.getBytes(StandardCharsets.UTF_8));
        member.finish();
      }
    }
    assertThat(BedReader.read(file)).hasSize(2);
  }

  @Test
  void aGzipThatIsCutOffIsRefused() throws IOException {
    Path file = folder.resolve("b.bed.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("chr1\t1\t2\n".repeat(1000).getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> BedReader.read(file))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("b.bed.gz is damaged");
  }

  @Test
  void aLineWithTwoFieldsIsRefused() {
    refused("chr1\t1\t2\nchr1\t5\n", "line 2: 'chr1 5', expected a chromosome, a start and an end");
  }

  @Test
  void aCoordinateThatIsNoNumberIsRefused() {
    refused("chr1\tone\t2\n", "line 1: 'chr1 one 2'");
    refused("chr1\t1\t99999999999\n", "line 1");
  }

  @Test
  void aStartBehindTheEndIsRefused() {
    refused("chr1\t9\t3\n", "line 1: start 9 and end 3");
  }

  @Test
  void anIntervalOfNoBasePairsIsRefused() {
    refused("chr1\t9\t9\n", "start 9 and end 9, expected 0 <= start < end");
  }

  @Test
  void aNegativeStartIsRefused() {
    refused("chr1\t-4\t3\n", "line 1: start -4");
  }

  @Test
  void aFileThatIsNotTextIsRefused() {
    refused("chr1\u0000\t1\t2\n", "the file is not text");
  }

  @Test
  void anEndlessLineIsRefused() {
    refused("x".repeat(2_000_000), "longer than 1048576 characters");
  }
}
