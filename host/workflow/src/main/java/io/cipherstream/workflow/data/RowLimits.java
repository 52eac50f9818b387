package io.cipherstream.workflow.data;

/**
 * Limits of a reader.
 *
 * @param fileBytesMax bytes of a file
 * @param lineCharsMax chars of a line, line end excluded
 * @param examplesMax examples of a file
 * @param wordsMax words of a sentence in CoNLL columns
 */
public record RowLimits(long fileBytesMax, int lineCharsMax, int examplesMax, int wordsMax) {

  /** 1 GiB, 65 536 chars per line, 5 million examples, 4 096 words per sentence. */
  public static final RowLimits DEFAULT = new RowLimits(1L << 30, 1 << 16, 5_000_000, 4096);

  /**
   * @throws DataException of kind TASK if a limit is below 1
   */
  public RowLimits {
    if (fileBytesMax < 1 || lineCharsMax < 1 || examplesMax < 1 || wordsMax < 1) {
      throw new DataException(
          DataException.Kind.TASK,
          "limits "
              + fileBytesMax
              + ", "
              + lineCharsMax
              + ", "
              + examplesMax
              + ", "
              + wordsMax
              + ": expected at least 1 each");
    }
  }

  DataException tooMany(String file) {
    return new DataException(
        DataException.Kind.TOO_LARGE,
        file + ": more than " + examplesMax + " examples; split the file or raise the limit");
  }
}
