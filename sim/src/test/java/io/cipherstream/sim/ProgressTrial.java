package io.cipherstream.sim;

import io.cipherstream.opencl.CardOptions;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.opencl.image.CoreRun;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One program in many runs. Prints the first instruction of each run in the order in which the
 * listener heard of them, then how many runs the card had ended when it heard of the first.
 */
final class ProgressTrial {

  private static final int INSTRUCTIONS = 300;
  private static final int INSTRUCTIONS_MAX = 3;

  private ProgressTrial() {}

  /** Arguments: image folder, degree, the simulation's statistics file. */
  public static void main(String[] arguments) {
    LimbRing ring = RandomPrograms.ring(1, Integer.parseInt(arguments[1]), 2, 50);
    Path statistics = Path.of(arguments[2]);
    List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
    List<Long> ended = Collections.synchronizedList(new ArrayList<>());
    OpenClOptions options =
        CardTrial.options(Path.of(arguments[0]), INSTRUCTIONS_MAX)
            .withCard(
                CardOptions.DEFAULTS
                    .withImage(Path.of(arguments[0]))
                    .withInstructionsMax(INSTRUCTIONS_MAX)
                    .withListener(run -> hear(run, heard, ended, statistics)));
    try (OpenClEngine card = OpenClEngine.open("opencl:Cipherstream Simulation", ring, options);
        LimbBuffer words = card.allocate(ring.degree())) {
      card.upload(ByteBuffer.allocateDirect(ring.degree() * Long.BYTES), words, 0);
      card.submit(program(ring), List.of(LimbView.of(words))).await();
    }
    System.out.println(heard);
    System.out.println(ended.get(0));
    System.exit(0);
  }

  private static void hear(CoreRun run, List<Integer> heard, List<Long> ended, Path statistics) {
    heard.add(run.first());
    try (var lines = Files.lines(statistics)) {
      ended.add(lines.count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each instruction needs the result of the one before, so that their order is theirs. */
  private static LimbProgram program(LimbRing ring) {
    ProgramBuilder builder = LimbProgram.builder("chain", ring);
    Segment a = builder.update("a", ring.degree());
    for (int i = 0; i < INSTRUCTIONS; i++) {
      builder.ntt(0, a.at(0), a.at(0));
    }
    return builder.build();
  }
}
