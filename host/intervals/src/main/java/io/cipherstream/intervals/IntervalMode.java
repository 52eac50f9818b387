package io.cipherstream.intervals;

/** What the appliance computes for a query; it sees no more of the query's kind than this. */
public enum IntervalMode {
  /** One track: covered base pairs. */
  SINGLE("single", 1),
  /** Two tracks: everything that compares them. */
  PAIR("pair", 2);

  private final String label;
  private final int tracks;

  IntervalMode(String label, int tracks) {
    this.label = label;
    this.tracks = tracks;
  }

  /** Name in messages. */
  public String label() {
    return label;
  }

  /** Tracks that a query of this mode names. */
  public int tracks() {
    return tracks;
  }
}
