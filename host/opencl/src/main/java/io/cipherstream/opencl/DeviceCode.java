package io.cipherstream.opencl;

/** The code on an engine's device that runs programs: kernels from source, or an image. */
interface DeviceCode {

  /** Queues for programs, once it is loaded. */
  int lanes();

  /** Loads what must exist before the pool. */
  void load(DeviceSession session);

  /** Loads the rest, when the pool exists. */
  ProgramRunner runner(DeviceSession session, DeviceMemory memory, CommandTracker tracker);

  /** Its short name, such as {@code f64-limb}. */
  String name();

  /** Its description for logs, such as {@code kernels f64-limb}. */
  @Override
  String toString();
}
