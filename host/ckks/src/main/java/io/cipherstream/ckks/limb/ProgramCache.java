package io.cipherstream.ckks.limb;

import io.cipherstream.ring.LimbProgram;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Compiled programs by what they compute; the least recently used ones go when there are too many
 * instructions. Safe for concurrent use.
 */
final class ProgramCache {

  /** Most instructions kept, about 200 bytes each. */
  static final int INSTRUCTIONS_MAX = 1 << 20;

  private final Map<Object, LimbProgram> programs = new LinkedHashMap<>(64, 0.75f, true);
  private long instructions;

  /** The program of a key, a value with equals and hashCode. */
  LimbProgram get(Object key, Supplier<LimbProgram> compile) {
    synchronized (this) {
      LimbProgram program = programs.get(key);
      if (program != null) {
        return program;
      }
    }
    LimbProgram made = compile.get();
    synchronized (this) {
      LimbProgram earlier = programs.putIfAbsent(key, made);
      if (earlier != null) {
        return earlier;
      }
      instructions += made.instructions().size();
      var oldest = programs.entrySet().iterator();
      while (instructions > INSTRUCTIONS_MAX && programs.size() > 1) {
        instructions -= oldest.next().getValue().instructions().size();
        oldest.remove();
      }
      return made;
    }
  }
}
