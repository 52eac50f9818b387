package io.cipherstream.ring;

import java.util.List;
import java.util.function.UnaryOperator;

/** An interpreter that runs another program than the one submitted: a device with a fault. */
final class FaultyEngine extends ForwardingEngine {

  private final UnaryOperator<List<Instruction>> fault;
  private final long extraZeros;

  FaultyEngine(LimbRing ring, UnaryOperator<List<Instruction>> fault, long extraZeros) {
    super(new JavaEngine(ring, 1 << 28));
    this.fault = fault;
    this.extraZeros = extraZeros;
  }

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    LimbProgram other =
        new LimbProgram(
            program.name(),
            program.ring(),
            program.segments(),
            fault.apply(program.instructions()),
            new int[] {0});
    ProgramResult result = super.submit(other, arguments).await();
    return () -> new ProgramResult(result.zeroWords() + extraZeros, result.nanosByOpcode());
  }
}
