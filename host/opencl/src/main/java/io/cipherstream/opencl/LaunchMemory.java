package io.cipherstream.opencl;

/**
 * A part of the pool for what launches need besides buffers. Only launches use it, so a program
 * that was submitted can always be started: at worst it waits for others to end. Guarded by the
 * engine's lock.
 */
final class LaunchMemory {

  private final DeviceMemory memory;
  private final CommandTracker tracker;
  private final long begin;
  private final Arena own;

  /** Takes that many words of the pool for good. Lock held. */
  LaunchMemory(DeviceMemory memory, CommandTracker tracker, long words) {
    this.memory = memory;
    this.tracker = tracker;
    this.begin = memory.take(words, "the tables of launches").word();
    this.own = new Arena(words);
  }

  /**
   * Allocates a region, of the whole pool if there are too many words. Lock held, and released
   * while waiting.
   *
   * @throws io.cipherstream.ring.EngineException of kind MEMORY if the pool has too little
   */
  Arena.Region take(long words, String what) {
    while (words <= own.words()) {
      Arena.Region region = own.take(words);
      if (region != null) {
        return new Arena.Region(begin + region.word(), region.words());
      }
      if (!tracker.busy()) {
        break;
      }
      tracker.awaitChange();
    }
    return memory.take(words, what);
  }

  /** Lock held. */
  void give(Arena.Region region) {
    if (region.word() >= begin && region.end() <= begin + own.words()) {
      own.give(new Arena.Region(region.word() - begin, region.words()));
    } else {
      memory.give(region);
    }
  }
}
