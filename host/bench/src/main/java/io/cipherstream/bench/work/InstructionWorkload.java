package io.cipherstream.bench.work;

import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Modulus;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** One kind of instruction on an engine: submissions of one program, each waited for. */
final class InstructionWorkload implements Workload {

  private static final long SEED = 20_260_101;

  private final LimbInstruction instruction;
  private final LimbEngine engine;
  private final LimbProgram program;
  private final int limbs;
  private final List<LimbBuffer> inputs = new ArrayList<>();

  InstructionWorkload(LimbInstruction instruction, LimbEngine engine, int limbs, boolean sealOnly) {
    this.instruction = instruction;
    this.engine = engine;
    this.limbs = limbs;
    LimbRing ring = engine.ring();
    this.program = instruction.program(ring, limbs, sealOnly);
    List<Modulus> moduli =
        IntStream.range(0, limbs)
            .mapToObj(limb -> ring.modulus(instruction.modulus(ring, limb)))
            .toList();
    for (int input = 0; input < 2; input++) {
      LimbBuffer buffer = engine.allocate((long) limbs * ring.degree());
      engine.upload(SeededWords.of(SEED + input, 1, moduli, ring.degree()), buffer, 0);
      inputs.add(buffer);
    }
  }

  private final class OwnOutput implements Lane {

    private final LimbBuffer output = engine.allocate((long) limbs * engine.ring().degree());
    private final List<LimbView> arguments =
        List.of(LimbView.of(inputs.get(0)), LimbView.of(inputs.get(1)), LimbView.of(output));

    @Override
    public Object once() {
      return engine.submit(program, arguments).await();
    }

    @Override
    public void close() {
      output.close();
    }
  }

  @Override
  public Lane lane() {
    return new OwnOutput();
  }

  @Override
  public int perCall() {
    return limbs;
  }

  @Override
  public String wordsDigest() {
    MessageDigest digest = SeededWords.digest();
    int degree = engine.ring().degree();
    OwnOutput lane = new OwnOutput();
    try {
      var unused = lane.once();
      for (int limb = 0; limb < limbs; limb++) {
        if (instruction.writes(limb)) {
          ByteBuffer words = SeededWords.direct(degree);
          engine.download(lane.output, (long) limb * degree, words);
          digest.update(words);
        }
      }
    } finally {
      lane.close();
    }
    return SeededWords.hex(digest);
  }

  @Override
  public void close() {
    inputs.forEach(LimbBuffer::close);
  }
}
