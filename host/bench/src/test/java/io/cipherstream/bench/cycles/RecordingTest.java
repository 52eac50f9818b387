package io.cipherstream.bench.cycles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.core.Submission;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What a sentence submits is kept in rounds, and a file holds all of it. */
class RecordingTest {

  private static final long SEED = Long.getLong("seed", 4);
  private static final LimbRing RING = RandomPrograms.ring(SEED, 64, 3, 40);

  private static LimbProgram copy() {
    ProgramBuilder b = LimbProgram.builder("copy it", RING);
    Segment in = b.input("in", 64);
    Segment out = b.output("out", 64);
    return b.copy(0, out.at(0), in.at(0)).build();
  }

  @Test
  void aRoundEndsWithWhatFollowsADownload() {
    LimbProgram p = copy();
    ByteBuffer words = ByteBuffer.allocateDirect(512);
    try (RecordingEngine engine = new RecordingEngine(new JavaEngine(RING, 1 << 20))) {
      LimbBuffer a = engine.allocate(64);
      LimbBuffer b = engine.allocate(64);
      LimbBuffer c = engine.allocate(64);
      List<LimbView> arguments = List.of(LimbView.of(a), LimbView.of(b));
      engine.upload(words, a, 0);
      engine.submit(p, arguments).await();
      engine.upload(words, c, 0);
      engine.submit(p, arguments).await();
      engine.download(b, 0, words.duplicate());
      engine.download(b, 0, words.duplicate());
      engine.submit(p, arguments).await();
      engine.upload(words, a, 0);
      engine.submit(p, arguments).await();
      List<List<Submission>> rounds = engine.takeRounds();
      assertThat(rounds).extracting(List::size).containsExactly(2, 1, 1);
      assertThat(rounds.get(0).get(0).arguments())
          .containsExactly(new Submission.Region(0, 0, 64), new Submission.Region(1, 0, 64));
      assertThat(engine.takeRounds()).isEmpty();
    }
  }

  @Test
  void aFileHoldsEverything() throws IOException {
    RandomPrograms random = new RandomPrograms(SEED, RING);
    LimbProgram p = random.next(300);
    LimbProgram q = copy();
    Submission first = submission(p, 5);
    Submission second = submission(q, 1000);
    Recording r =
        new Recording(
            RING, List.of(List.of(first, second), List.of(second)), List.of(List.of(first)));
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    RecordingFile.write(r, to);
    Recording read = RecordingFile.read(new ByteArrayInputStream(to.toByteArray()));
    assertThat(read.ring()).isEqualTo(RING);
    assertThat(read.cold()).extracting(List::size).containsExactly(2, 1);
    assertThat(read.warm()).extracting(List::size).containsExactly(1);
    Submission again = read.cold().get(0).get(0);
    assertThat(again.arguments()).isEqualTo(first.arguments());
    assertThat(again.program().instructions()).as("seed %d", SEED).isEqualTo(p.instructions());
    assertThat(again.program().segments()).isEqualTo(p.segments());
    assertThat(read.warm().get(0).get(0).program()).isSameAs(again.program());
  }

  private static Submission submission(LimbProgram p, int buffer) {
    return new Submission(
        p,
        p.arguments().stream()
            .map(s -> new Submission.Region(buffer + s.index(), 64L * s.index(), s.words()))
            .toList());
  }

  @Test
  void aLineOfAnotherFormIsNamed() throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(to)) {
      zip.write("N 64\nQ 3\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> RecordingFile.read(new ByteArrayInputStream(to.toByteArray())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2 of a recording, 'Q 3'");
  }
}
