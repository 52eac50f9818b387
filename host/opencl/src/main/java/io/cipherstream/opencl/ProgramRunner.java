package io.cipherstream.opencl;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramArguments;
import io.cipherstream.ring.ProgramResult;
import java.util.List;
import java.util.Set;
import org.jocl.cl_event;

/** How the programs of an engine run on its device: by kernels from source, or by a core. */
interface ProgramRunner {

  /** A program with everything that does not depend on its arguments. */
  interface Prepared {

    /**
     * Allocates what a run needs on the device. Engine's lock held, and released while waiting for
     * memory.
     *
     * @param bound the program's checked arguments, whose buffers are held
     * @param lane the queue it will use
     * @param holds receives what must be released when the run is over
     */
    Run begin(List<ProgramArguments.Bound<OpenClBuffer>> bound, CommandStream lane, Holds holds);
  }

  /** One run of a program, ready to be enqueued. */
  interface Run {

    /** Commands that it waits for besides its arguments' users, which it joins. Lock held. */
    Set<DeviceCommand> waits(DeviceCommand command);

    /** Time it may take on top of the engine's patience. */
    long allowanceNanos();

    /** Puts its OpenCL commands into the command's queue. Lock held. */
    void enqueue(DeviceCommand command, cl_event[] waits);

    /**
     * Waits for the enqueued commands, on the thread of the command's queue, lock not held. It may
     * report progress meanwhile, but returns or throws only when nothing of the command runs any
     * more.
     *
     * @throws io.cipherstream.ring.EngineException of kind DEVICE if a part of it failed
     */
    default void await(ClCalls calls, DeviceCommand command) {
      calls.await(command.events().toArray(new cl_event[0]), command.what());
    }

    /**
     * The result, from the times of its OpenCL commands.
     *
     * @throws io.cipherstream.ring.EngineException of kind DEVICE if the device reports that it
     *     failed
     */
    ProgramResult result(long[] nanos);
  }

  /** Prepares a program; engine's lock not held. */
  Prepared prepare(LimbProgram program);
}
