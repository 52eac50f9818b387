package io.cipherstream.opencl;

import io.cipherstream.ring.LimbRing;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jocl.CL;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;

/** Kernels in OpenCL C and the tables of a ring for them. */
final class KernelCode implements DeviceCode {

  private final ClCalls calls;
  private final LimbRing ring;
  private final KernelVariant variant;
  private final int lanes;
  private @Nullable cl_mem tables;

  KernelCode(ClCalls calls, LimbRing ring, KernelVariant variant, int lanes) {
    this.calls = calls;
    this.ring = ring;
    this.variant = variant;
    this.lanes = lanes;
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public void load(DeviceSession session) {
    ByteBuffer words = RingTables.of(ring, variant);
    tables = session.memory(CL.CL_MEM_READ_ONLY, words, words.remaining(), "tables of " + ring);
  }

  @Override
  public ProgramRunner runner(DeviceSession session, DeviceMemory memory, CommandTracker tracker) {
    KernelSet kernels =
        new KernelSet(
            calls,
            session.context(),
            session.deviceId(),
            variant,
            ring,
            session.pool(),
            Objects.requireNonNull(tables, "the tables are loaded"));
    session.onClose(kernels::close);
    return new KernelRunner(calls, session, kernels, memory, tracker);
  }

  @Override
  public String name() {
    return variant.toString();
  }

  @Override
  public String toString() {
    return "kernels " + variant;
  }
}
