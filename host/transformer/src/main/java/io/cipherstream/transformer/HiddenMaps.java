package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;

/**
 * h of a layer whose input is real: two blocks of neurons are the real and the imaginary part of
 * one map, ½·(a + i·b), which its conjugate takes apart into a and i·b. So h of an odd block is
 * i·h, and its square −h². A last block without another is real.
 */
final class HiddenMaps {

  private HiddenMaps() {}

  /** What the square of a block's h is multiplied by. */
  static int sign(int block) {
    return block % 2 == 0 ? 1 : -1;
  }

  /** One a pair of blocks. */
  static List<SlotRows> rows(DeepLayout layout) {
    List<SlotRows> blocks = layout.hiddenRows();
    List<SlotRows> pairs = new ArrayList<>();
    for (int b = 0; b < blocks.size(); b += 2) {
      pairs.add(
          b + 1 == blocks.size()
              ? blocks.get(b)
              : new SlotRows(blocks.get(b).real(), blocks.get(b + 1).real(), 0.5));
    }
    return pairs;
  }

  /** h, or i·h, of each block. */
  static List<Ciphertext> blocks(StepContext ctx, List<Ciphertext> pairs, int blocks) {
    return ctx
        .mapAll(
            pairs.size(),
            (s, p) -> {
              Ciphertext both = pairs.get(p);
              return 2 * p + 1 == blocks ? List.of(s.drop(both, both.limbs())) : s.apart(both);
            })
        .stream()
        .flatMap(List::stream)
        .toList();
  }
}
