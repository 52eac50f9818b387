package io.cipherstream.cli.device;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import java.util.ArrayList;
import java.util.List;

/** Seeds as people list them: {@code 1-20,35}. */
final class SeedList {

  private static final int COUNT_MAX = 1_000_000;

  private SeedList() {}

  /**
   * The seeds in order.
   *
   * @throws CliException if the text is none, or names more than a million
   */
  static List<Long> parse(String text) {
    List<Long> seeds = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] ends = part.strip().split("-", -1);
      try {
        long first = Long.parseLong(ends[0]);
        long last = ends.length == 1 ? first : Long.parseLong(ends[1]);
        if (ends.length > 2 || last < first || last - first >= COUNT_MAX - seeds.size()) {
          throw wrong(text);
        }
        for (long seed = first; seed <= last; seed++) {
          seeds.add(seed);
        }
      } catch (NumberFormatException e) {
        throw wrong(text);
      }
    }
    return seeds;
  }

  private static CliException wrong(String text) {
    return new CliException(
        ExitCodes.USAGE,
        "--seeds " + text + ": expected seeds and ranges such as 1-20,35, at most " + COUNT_MAX);
  }
}
