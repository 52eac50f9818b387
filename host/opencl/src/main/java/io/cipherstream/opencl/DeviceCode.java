package io.cipherstream.opencl;

/** What is loaded onto an engine's device to run programs: kernels from source, or an image. */
interface DeviceCode {

  /** Queues for programs. */
  int lanes();

  /** Loads what has to be there before the pool. */
  void load(DeviceSession session);

  /** Loads the rest; the pool is there. */
  ProgramRunner runner(DeviceSession session, DeviceMemory memory, CommandTracker tracker);

  /** Its name alone, such as {@code f64-limb}. */
  String name();

  /** What it is, for logs, such as {@code kernels f64-limb}. */
  @Override
  String toString();
}
