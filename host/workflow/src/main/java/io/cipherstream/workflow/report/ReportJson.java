package io.cipherstream.workflow.report;

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
import java.nio.file.Path;

/**
 * Reports as JSON. A figure that is not defined stands as the string {@code "NaN"}. Reading is
 * strict: every field must be there, none may be unknown or twice.
 */
public final class ReportJson {

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

  private ReportJson() {}

  /** The report's file. */
  public static byte[] bytes(ConversionReport report) {
    return json(report);
  }

  /** The comparison's file. */
  public static byte[] bytes(ConversionComparison comparison) {
    return json(comparison);
  }

  private static byte[] json(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of the report cannot be written", e);
    }
  }

  static ConversionReport read(Path file) throws IOException {
    byte[] content = bounded(file);
    try {
      JsonNode tree = MAPPER.readTree(content);
      JsonNode version = tree.path("schemaVersion");
      if (!version.isInt()) {
        throw new IOException(file + " is not a conversion report: it has no schemaVersion");
      }
      if (version.intValue() != ConversionReport.SCHEMA_VERSION) {
        throw new IOException(
            file
                + " has schema version "
                + version.intValue()
                + ": this program reads "
                + ConversionReport.SCHEMA_VERSION);
      }
      return MAPPER.treeToValue(tree, ConversionReport.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          file + " is not a conversion report: " + where(e) + e.getOriginalMessage(), e);
    }
  }

  /** Such as {@code header.files[1].rows: }; empty where there is no place. */
  private static String where(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    for (JsonMappingException.Reference step : mapping.getPath()) {
      String name = step.getFieldName();
      out.append(name == null ? "[" + step.getIndex() + "]" : (out.isEmpty() ? "" : ".") + name);
    }
    return out.append(": ").toString();
  }

  private static byte[] bounded(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes((int) ConversionReport.FILE_BYTES_MAX + 1);
      if (content.length > ConversionReport.FILE_BYTES_MAX) {
        throw new IOException(
            file + " is larger than " + ConversionReport.FILE_BYTES_MAX + " bytes: no report is");
      }
      return content;
    }
  }
}
