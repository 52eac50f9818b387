package io.cipherstream.workflow.convert;

import io.cipherstream.model.BertTokenizer;
import java.util.List;
import java.util.OptionalInt;

/**
 * The pieces of a tokenizer that are no part of texts, under whatever names it has for them.
 *
 * @param tokenizer the source's
 */
public record SpecialPieces(BertTokenizer tokenizer) {

  /** BERT's, RoBERTa's; then those for unknown characters, which every vocabulary has. */
  private static final List<String> MASKS = List.of("[MASK]", "<mask>", "[UNK]", "<unk>");

  /**
   * What stands before a text, such as [CLS].
   *
   * @throws ConversionException if there is not one such piece
   */
  public int first() {
    return around(0);
  }

  /**
   * What stands behind a text, such as [SEP].
   *
   * @throws ConversionException if there is not one such piece
   */
  public int last() {
    return around(1);
  }

  private int around(int index) {
    int[] around = tokenizer.single(new int[0]).ids();
    if (around.length != 2 || tokenizer.tokensBefore() != 1) {
      throw new ConversionException(
          "the source's tokenizer puts "
              + tokenizer.tokensBefore()
              + " tokens before a text and "
              + (around.length - tokenizer.tokensBefore())
              + " behind it: expected one each, as BERT's and RoBERTa's do");
    }
    return around[index];
  }

  /**
   * What stands for a piece that is hidden; one of a vocabulary without such is that of unknown
   * characters.
   *
   * @throws ConversionException if there is neither
   */
  public int mask() {
    return MASKS.stream()
        .map(tokenizer::id)
        .filter(OptionalInt::isPresent)
        .mapToInt(OptionalInt::getAsInt)
        .findFirst()
        .orElseThrow(
            () ->
                new ConversionException(
                    "the source's tokenizer has no piece of " + MASKS + ": expected one"));
  }
}
