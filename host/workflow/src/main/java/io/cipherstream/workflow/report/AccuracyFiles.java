package io.cipherstream.workflow.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import io.cipherstream.workflow.metric.Score;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;

/**
 * Writes {@code accuracy.json} and {@code accuracy.html}, each whole or not at all. A score that is
 * not defined stands as the string {@code "NaN"} in JSON.
 */
public final class AccuracyFiles {

  /** The file for programs. */
  public static final String JSON = "accuracy.json";

  /** The file for readers; it needs no other. */
  public static final String HTML = "accuracy.html";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private AccuracyFiles() {}

  /**
   * Both files.
   *
   * @param folder must be there
   * @throws IOException if one cannot be written
   */
  public static void write(AccuracyReport report, Path folder) throws IOException {
    replace(folder.resolve(JSON), MAPPER.writeValueAsBytes(report));
    replace(folder.resolve(HTML), page(report).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A report that {@link #write} wrote.
   *
   * @throws IOException if it cannot be read, is not such a report, or is of another version
   */
  public static AccuracyReport read(Path file) throws IOException {
    AccuracyReport report;
    try {
      report = MAPPER.readValue(Files.readAllBytes(file), AccuracyReport.class);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is not an accuracy report: " + e.getOriginalMessage(), e);
    }
    if (report.schemaVersion() != AccuracyReport.SCHEMA_VERSION) {
      throw new IOException(
          file
              + " has schema version "
              + report.schemaVersion()
              + ": this program reads "
              + AccuracyReport.SCHEMA_VERSION);
    }
    return report;
  }

  /** The page as HTML. */
  static String page(AccuracyReport report) {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(AccuracyFiles.class, "");
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setLocale(Locale.ROOT);
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setLogTemplateExceptions(false);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    Map<String, Object> model =
        Map.of(
            "task",
            report.task(),
            "data",
            report.data(),
            "notes",
            report.notes(),
            "metrics",
            report.variants().get(0).scores().stream().map(Score::name).toList(),
            "rows",
            report.variants().stream().map(v -> new TableRow(report, v)).toList());
    StringWriter page = new StringWriter();
    try {
      configuration.getTemplate("accuracy.ftlh").process(model, page);
    } catch (IOException | TemplateException e) {
      throw new IllegalStateException("the template of the page does not fit its data", e);
    }
    return page.toString();
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      Files.write(partial, content);
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
