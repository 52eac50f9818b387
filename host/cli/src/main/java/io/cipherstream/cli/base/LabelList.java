package io.cipherstream.cli.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Class names given as an option: {@code a,b}, or a JSON array if a name has a comma. */
public record LabelList(List<String> names) {

  public LabelList {
    names = List.copyOf(names);
  }

  /** The text as given, for reports. */
  @Override
  public String toString() {
    return names.stream().anyMatch(name -> name.contains(","))
        ? Json.strings(names).toString()
        : String.join(",", names);
  }

  /** Reads the option's value. */
  public static final class Reader implements ITypeConverter<LabelList> {

    @Override
    public LabelList convert(String value) {
      if (!value.strip().startsWith("[")) {
        return new LabelList(List.of(value.split(",", -1)));
      }
      List<String> names = new ArrayList<>();
      try {
        JsonNode array =
            Json.MAPPER
                .reader()
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readTree(value);
        for (JsonNode name : array) {
          if (!name.isTextual()) {
            throw new TypeConversionException(
                "'" + value + "': expected a JSON array of strings, such as [\"a, b\",\"c\"]");
          }
          names.add(name.textValue());
        }
      } catch (JsonProcessingException e) {
        throw new TypeConversionException(
            "'"
                + value
                + "' is not a JSON array of strings, such as [\"a, b\",\"c\"]: "
                + e.getOriginalMessage());
      }
      return new LabelList(names);
    }
  }
}
