package io.cipherstream.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A kind of report as JSON. Its record has a component {@code schemaVersion}. A figure that is not
 * defined stands as the string {@code "NaN"}. Reading is strict: every field must be there, none
 * may be unknown or twice.
 *
 * @param <R> the record
 */
public final class JsonReport<R> {

  /** Largest file that is read: 64 MiB. */
  public static final long BYTES_MAX = 64L << 20;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private final String name;
  private final Class<R> type;
  private final int schemaVersion;
  private final String remedy;

  /**
   * @param name what it is, with its article, for messages: {@code a conversion report}
   * @param schemaVersion the only one that is read
   * @param remedy what to do about another one
   */
  public JsonReport(String name, Class<R> type, int schemaVersion, String remedy) {
    this.name = name;
    this.type = type;
    this.schemaVersion = schemaVersion;
    this.remedy = remedy;
  }

  /** The file's bytes. */
  public static byte[] bytes(Object report) {
    try {
      return MAPPER.writeValueAsBytes(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report can always be written", e);
    }
  }

  /** As one line of JSON. */
  public static String line(Object report) {
    try {
      return MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report can always be written", e);
    }
  }

  /**
   * @throws NoSuchFileException if there is no file
   * @throws IOException if it cannot be read, is too large, is not such a report, or one of another
   *     schema version; the message says which
   */
  public R read(Path file) throws IOException {
    byte[] content = bounded(file);
    try {
      JsonNode tree = MAPPER.readTree(content);
      JsonNode version = tree.path("schemaVersion");
      if (!version.isInt()) {
        throw new IOException(file + " is not " + name + ": it has no schemaVersion");
      }
      if (version.intValue() != schemaVersion) {
        throw new IOException(
            file
                + " has schema version "
                + version.intValue()
                + ", expected "
                + schemaVersion
                + ": "
                + remedy);
      }
      return MAPPER.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is not " + name + ": " + where(e) + e.getOriginalMessage(), e);
    }
  }

  /** Such as {@code header.files[1].rows: }; empty where there is no place. */
  private static String where(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    for (JsonMappingException.Reference step : mapping.getPath()) {
      String field = step.getFieldName();
      out.append(field == null ? "[" + step.getIndex() + "]" : (out.isEmpty() ? "" : ".") + field);
    }
    return out.append(": ").toString();
  }

  private static byte[] bounded(Path file) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes((int) BYTES_MAX + 1);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (content.length > BYTES_MAX) {
      throw new IOException(file + " is larger than " + BYTES_MAX + " bytes: no report is");
    }
    return content;
  }
}
