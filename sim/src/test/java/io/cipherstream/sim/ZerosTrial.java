package io.cipherstream.sim;

import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * One program of one instruction, ZEROS, which clusters run as LOAD, MAP, END. Opens the card again
 * once after a failure. Prints a line an event: {@code zeros: …} or {@code KIND: message}.
 */
final class ZerosTrial {

  private ZerosTrial() {}

  /** Arguments: image folder, degree. */
  public static void main(String[] arguments) {
    LimbRing ring = RandomPrograms.ring(1, Integer.parseInt(arguments[1]), 2, 50);
    if (!run(ring, Path.of(arguments[0]))) {
      run(ring, Path.of(arguments[0]));
    }
    System.exit(0);
  }

  private static boolean run(LimbRing ring, Path image) {
    ProgramBuilder builder = LimbProgram.builder("count", ring);
    Segment a = builder.input("a", ring.degree());
    LimbProgram program = builder.zeros(0, a.at(0)).build();
    try (OpenClEngine card =
            OpenClEngine.open("opencl:Cipherstream Simulation", ring, CardTrial.options(image));
        LimbBuffer words = card.allocate(ring.degree())) {
      card.upload(ByteBuffer.allocateDirect(ring.degree() * Long.BYTES), words, 0);
      System.out.println(
          "zeros: " + card.submit(program, List.of(LimbView.of(words))).await().zeroWords());
      return true;
    } catch (EngineException e) {
      CardTrial.print(e);
      return false;
    }
  }
}
