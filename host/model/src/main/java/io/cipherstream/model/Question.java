package io.cipherstream.model;

import java.util.List;
import java.util.regex.Pattern;

/** What a user asks a model about. */
public sealed interface Question {

  /** One text. */
  record Text(String text) implements Question {}

  /** Two texts, such as a question and a sentence that may answer it. */
  record Pair(String first, String second) implements Question {}

  /** One text as words, each of which gets an answer of its own. */
  record Words(List<String> words) implements Question {

    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    public Words {
      words = List.copyOf(words);
    }

    /** The words of a text, split at white space. */
    public static Words of(String text) {
      return new Words(SPACE.splitAsStream(text).filter(w -> !w.isEmpty()).toList());
    }
  }
}
