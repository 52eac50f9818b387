package io.cipherstream.workflow.data;

/**
 * Word pieces of a sentence of words.
 *
 * @param ids [CLS] pieces [SEP]; not to be changed
 * @param firstPieces position in ids of each kept word's first piece; not to be changed
 * @param labels one per word piece: the word's label on its first piece, {@link #IGNORED}
 *     elsewhere; not to be changed
 * @param droppedWords words at the end that did not fit
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedWords(int[] ids, int[] firstPieces, int[] labels, int droppedWords) {

  /** Label of a word piece that the loss leaves out; PyTorch's default {@code ignore_index}. */
  public static final int IGNORED = -100;
}
