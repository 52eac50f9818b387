package io.cipherstream.opencl;

/** A program whose tables are in the pool; guarded by the engine's lock. */
final class ResidentProgram {

  private final DeviceProgram program;
  private final Arena.Region region;
  private final Usage usage = new Usage();
  private int users;

  ResidentProgram(DeviceProgram program, Arena.Region region) {
    this.program = program;
    this.region = region;
  }

  DeviceProgram program() {
    return program;
  }

  Arena.Region region() {
    return region;
  }

  Usage usage() {
    return usage;
  }

  /** Keeps the tables until {@link #release}. */
  void acquire() {
    users++;
  }

  void release() {
    users--;
  }

  boolean idle() {
    return users == 0;
  }
}
