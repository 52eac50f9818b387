package io.cipherstream.bench.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Fills the templates of report pages; all have the look of {@code report/style.ftlh}. */
public final class Pages {

  /** Folder of class files below which all templates lie. */
  private static final String ROOT = "/io/cipherstream/bench";

  private Pages() {}

  /**
   * A page as HTML that needs no other file.
   *
   * @param template path of the template below this program's folder {@code bench}
   * @throws IllegalStateException if template and model do not fit each other
   */
  public static String fill(String template, Object model) {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(Pages.class, ROOT);
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setLocale(Locale.ROOT);
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setLogTemplateExceptions(false);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    StringWriter page = new StringWriter();
    try {
      configuration.getTemplate(template).process(model, page);
    } catch (IOException | TemplateException e) {
      throw new IllegalStateException("the template " + template + " does not fit its data", e);
    }
    return page.toString();
  }
}
