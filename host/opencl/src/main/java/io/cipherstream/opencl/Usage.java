package io.cipherstream.opencl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The unfinished commands that read and write a range of device memory, so that others can wait for
 * them. Commands of one stream run in order and need no waiting. Guarded by the engine's lock.
 */
final class Usage {

  private @Nullable DeviceCommand lastWrite;
  private final List<DeviceCommand> reads = new ArrayList<>();

  /** Rounds that are not yet commands, and whether they write. */
  private final Map<WaitingRound, Boolean> planned = new LinkedHashMap<>();

  /** The commands that a reader or writer on that stream has to wait for. */
  Set<DeviceCommand> before(CommandStream stream, boolean write) {
    Set<DeviceCommand> waits = new LinkedHashSet<>();
    add(lastWrite, stream, waits);
    if (write) {
      reads.forEach(r -> add(r, stream, waits));
    }
    return waits;
  }

  private static void add(
      @Nullable DeviceCommand command, CommandStream stream, Set<DeviceCommand> waits) {
    if (command != null && !command.finished() && command.stream() != stream) {
      waits.add(command);
    }
  }

  void reads(DeviceCommand command) {
    reads.removeIf(r -> r.finished() || r.stream() == command.stream());
    reads.add(command);
  }

  void writes(DeviceCommand command) {
    reads.clear();
    lastWrite = command;
  }

  /** A round that is not yet started will read it, or write it. */
  void plan(WaitingRound round, boolean write) {
    planned.merge(round, write, Boolean::logicalOr);
  }

  /** The round is a command now, or none any more. */
  void started(WaitingRound round) {
    planned.remove(round);
  }

  /** The rounds that must be started before a reader or writer. */
  Set<WaitingRound> plannedBefore(boolean write) {
    Set<WaitingRound> before = new LinkedHashSet<>();
    planned.forEach(
        (round, writes) -> {
          if (write || writes) {
            before.add(round);
          }
        });
    return before;
  }

  /** The stream of an unfinished command that a reader or writer would have to wait for. */
  @Nullable CommandStream busyStream(boolean forWrite) {
    if (lastWrite != null && !lastWrite.finished()) {
      return lastWrite.stream();
    }
    if (forWrite) {
      for (DeviceCommand read : reads) {
        if (!read.finished()) {
          return read.stream();
        }
      }
    }
    return null;
  }
}
