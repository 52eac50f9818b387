package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import org.jspecify.annotations.Nullable;

/** The pool: buffers, scratch memory and the tables of programs. */
final class DeviceMemory {

  /** Part of the pool that the tables of idle programs may take. */
  private static final int PROGRAM_SHARE = 8;

  private final OpenClEngine engine;
  private final CommandTracker tracker;
  private final Arena arena;
  private final DeviceProgramCache programs;
  private long liveBuffers;
  private long liveBytes;

  DeviceMemory(OpenClEngine engine, CommandTracker tracker, long bytes) {
    this.engine = engine;
    this.tracker = tracker;
    this.arena = new Arena(bytes / Long.BYTES);
    this.programs = new DeviceProgramCache(arena, arena.words() / PROGRAM_SHARE);
  }

  long bytes() {
    return arena.words() * Long.BYTES;
  }

  /** Whether a buffer of that many words fits at once, idle programs dropped. */
  boolean hasRoom(long words) {
    tracker.lock();
    try {
      return arena.largestFreeWords() >= words;
    } finally {
      tracker.unlock();
    }
  }

  LimbBuffer allocate(long words) {
    tracker.lock();
    try {
      tracker.ensureUsable();
      Arena.Region region = take(words, "a buffer");
      liveBuffers++;
      liveBytes += words * Long.BYTES;
      return new OpenClBuffer(engine, region, words);
    } finally {
      tracker.unlock();
    }
  }

  /**
   * Allocates a region. If there is no room, idle programs are dropped and commands under way are
   * awaited, at most for the engine's patience, since others may take what they free. Lock held,
   * and released while waiting.
   *
   * @throws EngineException of kind MEMORY if there is still too little
   */
  Arena.Region take(long words, String what) {
    long begin = System.nanoTime();
    while (true) {
      Arena.Region region = arena.take(words);
      if (region != null) {
        return region;
      }
      if (words > arena.words()) {
        throw tooLittle(words, what);
      }
      if (programs.evictOne(null)) {
        continue;
      }
      if (!tracker.busy() || tracker.isPastPatience(begin)) {
        throw tooLittle(words, what);
      }
      tracker.awaitChange();
    }
  }

  private EngineException tooLittle(long words, String what) {
    return new EngineException(
        EngineException.Kind.MEMORY,
        engine.name()
            + " has no room for "
            + what
            + " of "
            + words
            + " words: of its pool of "
            + bytes()
            + " bytes "
            + arena.freeWords() * Long.BYTES
            + " are free, at most "
            + arena.largestFreeWords() * Long.BYTES
            + " in one piece; "
            + liveBuffers
            + " buffers hold "
            + liveBytes
            + ": close some, or open the engine with a larger pool");
  }

  /** Lock held. */
  void give(Arena.Region region) {
    arena.give(region);
  }

  /** The program's tables if they are in the pool, else null. Lock held. */
  @Nullable ResidentProgram resident(LimbProgram program) {
    return programs.get(program);
  }

  /** Lock held. */
  void keep(LimbProgram program, ResidentProgram resident) {
    programs.put(program, resident);
  }

  /** Ends a command's use of the buffer. Lock held. */
  void release(OpenClBuffer buffer) {
    if (buffer.release()) {
      free(buffer);
    }
  }

  void close(OpenClBuffer buffer) {
    tracker.lock();
    try {
      if (buffer.markClosed()) {
        free(buffer);
      }
    } finally {
      tracker.unlock();
    }
  }

  private void free(OpenClBuffer buffer) {
    arena.give(buffer.region());
    liveBuffers--;
    liveBytes -= buffer.words() * Long.BYTES;
  }

  long liveBuffers() {
    tracker.lock();
    try {
      return liveBuffers;
    } finally {
      tracker.unlock();
    }
  }

  long liveBytes() {
    tracker.lock();
    try {
      return liveBytes;
    } finally {
      tracker.unlock();
    }
  }
}
