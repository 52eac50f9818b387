package io.cipherstream.opencl;

import io.cipherstream.ring.LimbProgram;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The programs whose tables are on the device, least recently used first. Only one and the same
 * object is the same program. Guarded by the engine's lock.
 */
final class DeviceProgramCache {

  /** Most programs kept. */
  static final int PROGRAMS_MAX = 1024;

  private final Arena arena;
  private final long wordsMax;
  private final Map<LimbProgram, ResidentProgram> resident = new LinkedHashMap<>(16, 0.75f, true);
  private long words;

  /**
   * @param wordsMax most words of tables kept, unless they are in use
   */
  DeviceProgramCache(Arena arena, long wordsMax) {
    this.arena = arena;
    this.wordsMax = wordsMax;
  }

  @Nullable ResidentProgram get(LimbProgram program) {
    return resident.get(program);
  }

  void put(LimbProgram program, ResidentProgram tables) {
    resident.put(program, tables);
    words += tables.region().words();
    while ((words > wordsMax || resident.size() > PROGRAMS_MAX) && evictOne(program)) {}
  }

  /** Frees the tables of the least recently used idle program, if there is one. */
  boolean evictOne(@Nullable LimbProgram except) {
    for (Iterator<Map.Entry<LimbProgram, ResidentProgram>> i = resident.entrySet().iterator();
        i.hasNext(); ) {
      Map.Entry<LimbProgram, ResidentProgram> entry = i.next();
      if (entry.getKey() != except && entry.getValue().idle()) {
        i.remove();
        words -= entry.getValue().region().words();
        arena.give(entry.getValue().region());
        return true;
      }
    }
    return false;
  }

  int size() {
    return resident.size();
  }
}
