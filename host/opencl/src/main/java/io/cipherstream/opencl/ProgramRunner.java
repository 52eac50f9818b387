package io.cipherstream.opencl;

import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramArguments;
import io.cipherstream.ring.ProgramResult;
import java.util.List;
import java.util.Optional;
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

  /** A run of several programs, one after the other. */
  interface RoundRun extends Run {

    /** Zero words that one of them counted, when the run is over. */
    long zeroWords(int program);
  }

  /** Several programs with everything that does not depend on their arguments. */
  interface PreparedRound {

    /**
     * As {@link Prepared#begin}.
     *
     * @param bound arguments of each program
     */
    RoundRun begin(
        List<List<ProgramArguments.Bound<OpenClBuffer>>> bound, CommandStream lane, Holds holds);
  }

  /** The totals of a card's cores so far; empty without a card. */
  default Optional<CoreActivity> activity() {
    return Optional.empty();
  }

  /**
   * Most segments of a program, if submitted programs are worth joining and {@link #prepareRound}
   * runs them; 0 if not.
   */
  default int segmentsMax() {
    return 0;
  }

  /** Prepares programs that run one after the other in one launch; engine's lock not held. */
  default PreparedRound prepareRound(List<LimbProgram> programs) {
    throw new UnsupportedOperationException("this device takes one program at a time");
  }

  /** Prepares a program; engine's lock not held. */
  Prepared prepare(LimbProgram program);
}
