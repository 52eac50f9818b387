package io.cipherstream.workflow.report.page;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A page before it is HTML.
 *
 * @param title of the page
 * @param lead a paragraph that says what the page is
 * @param alerts what must not be overlooked, above everything
 * @param sections in their order
 */
public record Page(String title, String lead, List<String> alerts, List<PageSection> sections) {

  /** The page as HTML. */
  String html() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(Page.class, "");
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setLocale(Locale.ROOT);
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setLogTemplateExceptions(false);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    StringWriter out = new StringWriter();
    try {
      configuration.getTemplate("page.ftlh").process(Map.of("page", this), out);
    } catch (IOException | TemplateException e) {
      throw new IllegalStateException("the template of the page does not fit its data", e);
    }
    return out.toString();
  }
}
