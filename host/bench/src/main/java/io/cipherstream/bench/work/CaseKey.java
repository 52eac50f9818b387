package io.cipherstream.bench.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.bench.report.BenchCase;

/** A case and its number in the plan, as the text that a JMH parameter can carry. */
public record CaseKey(int index, BenchCase what) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  public String text() {
    try {
      return MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record can always be written", e);
    }
  }

  static CaseKey parse(String text) {
    try {
      return MAPPER.readValue(text, CaseKey.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a case: " + text, e);
    }
  }
}
