package io.cipherstream.cli.intervals;

import java.util.Locale;

/** What a query asks; the appliance sees only whether that takes one track or two. */
enum QueryKind {
  /** Base pairs of a region that a track covers. */
  COVERAGE,
  /** Base pairs of bins that both tracks touch. */
  INTERSECT,
  /** Base pairs of the first track's bins that have a bin of the second one nearby. */
  WINDOW,
  /** Intersection by union. */
  JACCARD;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
