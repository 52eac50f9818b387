package io.cipherstream.ring;

import java.util.List;
import java.util.function.UnaryOperator;

/** An interpreter that runs another program than the one submitted: a device with a fault. */
final class FaultyEngine implements LimbEngine {

  private final JavaEngine engine;
  private final UnaryOperator<List<Instruction>> fault;
  private final long extraZeros;

  FaultyEngine(LimbRing ring, UnaryOperator<List<Instruction>> fault, long extraZeros) {
    this.engine = new JavaEngine(ring, 1 << 28);
    this.fault = fault;
    this.extraZeros = extraZeros;
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
    ProgramResult result = engine.submit(other, arguments).await();
    return () -> new ProgramResult(result.zeroWords() + extraZeros, result.nanosByOpcode());
  }

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public LimbRing ring() {
    return engine.ring();
  }

  @Override
  public EngineCapabilities capabilities() {
    return engine.capabilities();
  }

  @Override
  public LimbBuffer allocate(long words) {
    return engine.allocate(words);
  }

  @Override
  public void upload(java.nio.ByteBuffer source, LimbBuffer target, long word) {
    engine.upload(source, target, word);
  }

  @Override
  public void download(LimbBuffer source, long word, java.nio.ByteBuffer target) {
    engine.download(source, word, target);
  }

  @Override
  public EngineCounters counters() {
    return engine.counters();
  }

  @Override
  public void close() {
    engine.close();
  }
}
