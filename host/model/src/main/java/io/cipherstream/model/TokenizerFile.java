package io.cipherstream.model;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What a model package keeps of its tokenizer: the file, and what a reader needs beside it. */
sealed interface TokenizerFile permits TokenizerFile.Vocabulary, TokenizerJson {

  /** The file's path in a package. */
  String path();

  /** The file's bytes. */
  byte[] bytes();

  /** Options that the file does not have; null if it has all. */
  @Nullable TokenizerOptions options();

  /** The largest id, and 1. */
  int size();

  /** The id of a piece. */
  OptionalInt id(String piece);

  /** A vocab.txt. */
  record Vocabulary(WordPieces pieces, TokenizerOptions options) implements TokenizerFile {

    static final String PATH = "client/vocab.txt";

    @Override
    public String path() {
      return PATH;
    }

    @Override
    public byte[] bytes() {
      return pieces.toFile();
    }

    @Override
    public int size() {
      return (int) pieces.size();
    }

    @Override
    public OptionalInt id(String piece) {
      return pieces.contains(piece) ? OptionalInt.of(pieces.id(piece)) : OptionalInt.empty();
    }
  }
}
