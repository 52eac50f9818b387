package io.cipherstream.cli.ask;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.cipherstream.cli.base.Json;
import io.cipherstream.model.Question;
import java.util.ArrayList;
import java.util.List;

/**
 * Words as a user writes them: a JSON array of strings, or text with white space between the words.
 */
final class WordText {

  private static final ObjectReader READER =
      Json.MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private WordText() {}

  /** The words. A text that is not a JSON array of strings is split at white space. */
  static Question.Words words(String text) {
    if (text.strip().startsWith("[")) {
      try {
        JsonNode array = READER.readTree(text);
        List<String> words = new ArrayList<>();
        array.forEach(word -> words.add(word.textValue() == null ? "" : word.textValue()));
        if (array.isArray() && words.stream().noneMatch(String::isEmpty)) {
          return new Question.Words(words);
        }
      } catch (JsonProcessingException e) {
        return Question.Words.of(text);
      }
    }
    return Question.Words.of(text);
  }
}
