package io.cipherstream.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A page before it is HTML. All text is escaped.
 *
 * @param title of the page
 * @param lead a paragraph that says what the page is
 * @param alerts what must not be overlooked, above everything
 * @param sections in their order
 */
public record Page(String title, String lead, List<String> alerts, List<PageSection> sections) {

  /** The page with one more alert if a chart could not be drawn. */
  public Page with(Drawing drawing) {
    if (drawing.failure().isEmpty()) {
      return this;
    }
    List<String> more = new ArrayList<>(alerts);
    more.add("Charts could not be drawn: " + drawing.failure());
    return new Page(title, lead, more, sections);
  }

  /** The page as HTML that needs no other file. */
  public String html() {
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
