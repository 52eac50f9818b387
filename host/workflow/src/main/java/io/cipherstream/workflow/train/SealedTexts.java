package io.cipherstream.workflow.train;

import java.util.Arrays;
import java.util.Random;

/**
 * Texts that nobody writes, on which a model's values must still stay in range: random word pieces
 * between the two special ones.
 *
 * @param vocabulary number of word pieces
 * @param first the piece that begins a text, [CLS]
 * @param last the piece that ends it, [SEP]
 * @param tokensMax most word pieces of a text, special ones included, at least 3
 */
public record SealedTexts(int vocabulary, int first, int last, int tokensMax) {

  /** Share of texts of a few distinct pieces, in which all rows and windows are similar. */
  private static final double REPEATED = 0.4;

  /** Share of texts of any length; the others are short. */
  private static final double ANY_LENGTH = 0.6;

  private static final int SHORT = 15;
  private static final int DISTINCT_MAX = 3;

  /** Some random texts of one length, [texts][tokens]. */
  public int[][] random(int texts, Random random) {
    int longest = random.nextDouble() < ANY_LENGTH ? tokensMax : Math.min(SHORT, tokensMax);
    int tokens = 3 + random.nextInt(longest - 2);
    int distinct = random.nextDouble() < REPEATED ? 1 + random.nextInt(DISTINCT_MAX) : vocabulary;
    int[][] out = new int[texts][];
    for (int i = 0; i < texts; i++) {
      int[] base = random.ints(Math.min(distinct, tokens), 0, vocabulary).toArray();
      out[i] = random.ints(tokens, 0, base.length).map(j -> base[j]).toArray();
      around(out[i]);
    }
    return out;
  }

  /** One piece over and over. */
  public int[] repeated(int piece, int tokens) {
    int[] out = new int[tokens];
    Arrays.fill(out, piece);
    around(out);
    return out;
  }

  private void around(int[] ids) {
    ids[0] = first;
    ids[ids.length - 1] = last;
  }
}
