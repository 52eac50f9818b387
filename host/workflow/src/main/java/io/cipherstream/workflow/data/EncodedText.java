package io.cipherstream.workflow.data;

/**
 * Word pieces of a text or a pair, as a model takes them.
 *
 * @param ids [CLS] first [SEP], and for a pair second [SEP]; not to be changed
 * @param segments 0 up to the first [SEP], 1 behind it; as many as ids; not to be changed
 * @param dropped word pieces that were cut off to fit
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedText(int[] ids, int[] segments, int dropped) {}
