package io.cipherstream.ring;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to the lines of one segment so far: for each region of lines the last
 * instruction that wrote it and those that have read it since. Regions split where accesses begin
 * and end and become one again when they are written, so there are never more than two for each
 * access.
 */
final class RegionTracker {

  /** No instruction. */
  static final int NONE = -1;

  /** Takes what an access must come after. */
  interface Sink {
    /**
     * @param read whether that instruction read the lines that now are written, rather than wrote
     *     them
     */
    void after(int instruction, boolean read);
  }

  /** One reader and those before it. Regions that were one share their lists. */
  private static final class Reader {
    final int instruction;
    final @Nullable Reader before;
    int visitor = NONE;

    Reader(int instruction, @Nullable Reader before) {
      this.instruction = instruction;
      this.before = before;
    }
  }

  private record Region(int end, int writer, @Nullable Reader readers) {}

  private final NavigableMap<Integer, Region> regions = new TreeMap<>();

  RegionTracker(int lines) {
    regions.put(0, new Region(lines, NONE, null));
  }

  void read(int instruction, int begin, int end, Sink sink) {
    for (Map.Entry<Integer, Region> entry : within(begin, end).entrySet()) {
      Region region = entry.getValue();
      if (region.writer() != NONE) {
        sink.after(region.writer(), false);
      }
      entry.setValue(
          new Region(region.end(), region.writer(), new Reader(instruction, region.readers())));
    }
  }

  void write(int instruction, int begin, int end, Sink sink) {
    NavigableMap<Integer, Region> overwritten = within(begin, end);
    for (Region region : overwritten.values()) {
      if (region.writer() != NONE) {
        sink.after(region.writer(), false);
      }
      Reader reader = region.readers();
      while (reader != null && reader.visitor != instruction) {
        reader.visitor = instruction;
        if (reader.instruction != instruction) {
          sink.after(reader.instruction, true);
        }
        reader = reader.before;
      }
    }
    overwritten.clear();
    regions.put(begin, new Region(end, instruction, null));
  }

  /**
   * The instruction that wrote all these lines if nothing has touched any of them since, else
   * {@link #NONE}.
   */
  int soleWriter(int begin, int end) {
    int writer = NONE;
    Map.Entry<Integer, Region> entry = regions.floorEntry(begin);
    while (entry != null && entry.getKey() < end) {
      Region region = entry.getValue();
      if (region.readers() != null || (writer != NONE && region.writer() != writer)) {
        return NONE;
      }
      writer = region.writer();
      if (writer == NONE) {
        return NONE;
      }
      entry = regions.higherEntry(entry.getKey());
    }
    return writer;
  }

  /** The regions of these lines, after splits at both ends. */
  private NavigableMap<Integer, Region> within(int begin, int end) {
    split(begin);
    split(end);
    return regions.subMap(begin, true, end, false);
  }

  private void split(int line) {
    Map.Entry<Integer, Region> entry = regions.floorEntry(line);
    if (entry != null && entry.getKey() < line && line < entry.getValue().end()) {
      Region region = entry.getValue();
      regions.put(line, region);
      regions.put(entry.getKey(), new Region(line, region.writer(), region.readers()));
    }
  }
}
