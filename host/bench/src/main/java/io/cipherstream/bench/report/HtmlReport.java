package io.cipherstream.bench.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** {@code report.html}: a {@link BenchReport} for readers, one file that needs no other. */
public final class HtmlReport {

  /** Its name in the folder of a run. */
  public static final String NAME = "report.html";

  private static final String TEMPLATE = "report.ftlh";

  private HtmlReport() {}

  /**
   * Writes the page, whole or not at all.
   *
   * @throws BenchException of kind OUTPUT if it cannot be written
   */
  public static void write(BenchReport report, Path file) {
    OutputFiles.replace(file, page(report).getBytes(StandardCharsets.UTF_8));
  }

  static String page(BenchReport report) {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(HtmlReport.class, "");
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setLocale(Locale.ROOT);
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setLogTemplateExceptions(false);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    StringWriter page = new StringWriter();
    try {
      configuration.getTemplate(TEMPLATE).process(PageModel.of(report), page);
    } catch (IOException | TemplateException e) {
      throw new IllegalStateException("the report's template does not fit its data", e);
    }
    return page.toString();
  }
}
