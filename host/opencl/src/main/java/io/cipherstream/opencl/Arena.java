package io.cipherstream.opencl;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Allocates regions of a range of device words: best fit, with freed regions joined to their
 * neighbours. Not thread-safe.
 */
final class Arena {

  /** Regions begin and end at multiples of this, 256 bytes. */
  static final int GRANULE_WORDS = 32;

  /** A range of words. */
  record Region(long word, long words) {
    long end() {
      return word + words;
    }
  }

  private static final Comparator<Region> BY_SIZE =
      Comparator.comparingLong(Region::words).thenComparingLong(Region::word);

  private final TreeMap<Long, Region> freeByWord = new TreeMap<>();
  private final TreeSet<Region> freeBySize = new TreeSet<>(BY_SIZE);
  private final long words;
  private long freeWords;

  Arena(long words) {
    this.words = words / GRANULE_WORDS * GRANULE_WORDS;
    free(new Region(0, this.words));
  }

  /** All words, allocated and free. */
  long words() {
    return words;
  }

  long freeWords() {
    return freeWords;
  }

  long largestFreeWords() {
    return freeBySize.isEmpty() ? 0 : freeBySize.last().words();
  }

  /** A region of at least that many words, or null if none is free. */
  @Nullable Region take(long wanted) {
    if (wanted > words) {
      return null;
    }
    long rounded = (Math.max(wanted, 1) + GRANULE_WORDS - 1) / GRANULE_WORDS * GRANULE_WORDS;
    Region free = freeBySize.ceiling(new Region(0, rounded));
    if (free == null) {
      return null;
    }
    remove(free);
    if (free.words() > rounded) {
      free(new Region(free.word() + rounded, free.words() - rounded));
    }
    return new Region(free.word(), rounded);
  }

  /** Frees a region from {@link #take}. */
  void give(Region region) {
    Region joined = region;
    Map.Entry<Long, Region> before = freeByWord.lowerEntry(region.word());
    Map.Entry<Long, Region> after = freeByWord.ceilingEntry(region.word());
    if ((before != null && before.getValue().end() > region.word())
        || (after != null && after.getKey() < region.end())
        || region.end() > words) {
      throw new IllegalStateException(region + " is free already or was never given");
    }
    if (before != null && before.getValue().end() == region.word()) {
      remove(before.getValue());
      joined = new Region(before.getKey(), before.getValue().words() + joined.words());
    }
    if (after != null && after.getKey() == region.end()) {
      remove(after.getValue());
      joined = new Region(joined.word(), joined.words() + after.getValue().words());
    }
    free(joined);
  }

  private void free(Region region) {
    if (region.words() > 0) {
      freeByWord.put(region.word(), region);
      freeBySize.add(region);
      freeWords += region.words();
    }
  }

  private void remove(Region region) {
    freeByWord.remove(region.word());
    freeBySize.remove(region);
    freeWords -= region.words();
  }
}
