package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
class ArenaTest {

  private static final long SEED = Long.getLong("seed", 7);

  @Test
  void moreThanThereIsIsNotGiven() {
    Arena arena = new Arena(1024);
    for (long wanted : new long[] {1025, Long.MAX_VALUE - 7, Long.MAX_VALUE}) {
      assertThat(arena.take(wanted)).as("%d words", wanted).isNull();
    }
    assertThat(arena.largestFreeWords()).isEqualTo(1024);
  }

  @Test
  void regionsAreDisjointAndAllOfThemJoinAgain() {
    SplittableRandom random = new SplittableRandom(SEED);
    Arena arena = new Arena(100_000);
    List<Arena.Region> taken = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (taken.isEmpty() || random.nextInt(5) < 3) {
        Arena.Region region = arena.take(random.nextLong(1, 3000));
        if (region != null) {
          for (Arena.Region other : taken) {
            assertThat(region.word() >= other.end() || other.word() >= region.end())
                .as("%s and %s, step %d, seed %d", region, other, step, SEED)
                .isTrue();
          }
          assertThat(region.end()).isLessThanOrEqualTo(arena.words());
          taken.add(region);
        }
      } else {
        arena.give(taken.remove(random.nextInt(taken.size())));
      }
      long held = taken.stream().mapToLong(Arena.Region::words).sum();
      assertThat(arena.freeWords()).isEqualTo(arena.words() - held);
    }
    taken.forEach(arena::give);
    assertThat(arena.largestFreeWords()).isEqualTo(arena.words());
  }

  @Test
  void smallestHoleThatFitsIsTaken() {
    Arena arena = new Arena(Arena.GRANULE_WORDS * 100L);
    Arena.Region large = take(arena, 10);
    take(arena, 1);
    Arena.Region small = take(arena, 4);
    take(arena, 1);
    arena.give(large);
    arena.give(small);
    assertThat(take(arena, 3).word()).isEqualTo(small.word());
    assertThat(take(arena, 5).word()).isEqualTo(large.word());
  }

  @Test
  void whatIsFreeCannotBeGivenAgain() {
    Arena arena = new Arena(1000);
    Arena.Region region = take(arena, 2);
    arena.give(region);
    assertThatThrownBy(() -> arena.give(region))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("free already");
  }

  @Test
  void nothingIsGivenBeyondTheEnd() {
    Arena arena = new Arena(10 * Arena.GRANULE_WORDS + 5);
    assertThat(arena.words()).isEqualTo(10 * Arena.GRANULE_WORDS);
    assertThat(arena.take(arena.words() + 1)).isNull();
    assertThat(arena.take(arena.words())).isNotNull();
    assertThat(arena.take(1)).isNull();
  }

  private static Arena.Region take(Arena arena, int granules) {
    Arena.Region region = arena.take((long) granules * Arena.GRANULE_WORDS);
    assertThat(region).isNotNull();
    return region;
  }
}
