package io.cipherstream.model;

import ai.djl.modality.nlp.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A vocabulary of word pieces: line i of vocab.txt has id i. Immutable. */
public final class WordPieces implements Vocabulary {

  /** Longest vocabulary file in bytes. */
  public static final int FILE_BYTES_MAX = 32 << 20;

  static final String UNKNOWN = "[UNK]";
  static final String FIRST = "[CLS]";
  static final String LAST = "[SEP]";

  private final List<String> pieces;
  private final Map<String, Integer> ids;

  /**
   * @param pieces the word pieces in the order of their ids
   * @throws ModelException of kind TOKENIZER if one stands twice, or if [UNK], [CLS] or [SEP] is
   *     not there
   */
  public WordPieces(List<String> pieces) {
    this.pieces = List.copyOf(pieces);
    this.ids = new HashMap<>(pieces.size() * 2);
    for (int i = 0; i < pieces.size(); i++) {
      Integer before = ids.putIfAbsent(pieces.get(i), i);
      if (before != null) {
        throw new ModelException(
            ModelException.Kind.TOKENIZER,
            "vocabulary: word piece '" + pieces.get(i) + "' has ids " + before + " and " + i);
      }
    }
    for (String special : List.of(UNKNOWN, FIRST, LAST)) {
      if (!ids.containsKey(special)) {
        throw new ModelException(
            ModelException.Kind.TOKENIZER, "vocabulary of BERT: expected a line " + special);
      }
    }
  }

  /** From the bytes of vocab.txt: UTF-8, one word piece a line. */
  public static WordPieces parse(byte[] file) {
    String text = BertTokenizer.decodeUtf8(file);
    List<String> lines = List.of(text.split("\r?\n", -1));
    int end = lines.size();
    while (end > 0 && lines.get(end - 1).isEmpty()) {
      end--;
    }
    return new WordPieces(lines.subList(0, end));
  }

  /** The bytes of vocab.txt. */
  public byte[] toFile() {
    return (String.join("\n", pieces) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Number of word pieces. */
  @Override
  public long size() {
    return pieces.size();
  }

  @Override
  public boolean contains(String piece) {
    return ids.containsKey(piece);
  }

  /** The id of a word piece, or that of [UNK]. */
  @Override
  public long getIndex(String piece) {
    return id(piece);
  }

  @Override
  public String getToken(long id) {
    return pieces.get((int) id);
  }

  int id(String piece) {
    Integer id = ids.get(piece);
    return id != null ? id : ids.getOrDefault(UNKNOWN, 0);
  }
}
