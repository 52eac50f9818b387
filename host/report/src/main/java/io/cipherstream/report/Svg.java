package io.cipherstream.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * A chart as an SVG element that stands within a page. XChart writes 14 digits of every coordinate
 * and names clips by chance: coordinates are rounded to hundredths of a pixel, which makes it a
 * third as large, and clips are numbered, so that the same report gives the same page.
 */
final class Svg {

  private static final Pattern PROLOG = Pattern.compile("^.*?(?=<svg )", Pattern.DOTALL);
  private static final Pattern HEAD = Pattern.compile("^<svg [^>]*>", Pattern.DOTALL);
  private static final Pattern DECIMALS = Pattern.compile("-?\\d+\\.\\d+(?:E-?\\d+)?");
  private static final Pattern CLIP = Pattern.compile("clip\\d+");
  private static final Pattern GAPS = Pattern.compile(">\\s+<");

  private Svg() {}

  /**
   * The chart's element.
   *
   * @param id unique in the page, letters and digits
   * @param title what it shows, for those who do not see it
   */
  static String of(Chart<?, ?> chart, String id, String title) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Never: it writes to memory.
    }
    String text = PROLOG.matcher(out.toString(StandardCharsets.UTF_8)).replaceFirst("");
    String head =
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" class=\"%s\" role=\"img\""
                + " aria-labelledby=\"%s\"><title id=\"%s\">%s</title>",
            chart.getWidth(),
            chart.getHeight(),
            chart.getWidth() < Drawing.WIDE ? "half" : "wide",
            id,
            id,
            escape(title));
    String body = HEAD.matcher(text).replaceFirst("");
    return head + GAPS.matcher(clips(rounded(body), id)).replaceAll("><").strip();
  }

  private static String rounded(String text) {
    return DECIMALS
        .matcher(text)
        .replaceAll(
            m -> {
              double value = Math.rint(100 * Double.parseDouble(m.group())) / 100;
              return value == Math.rint(value)
                  ? Long.toString((long) value)
                  : Double.toString(value);
            });
  }

  private static String clips(String text, String id) {
    java.util.Map<String, String> names = new java.util.HashMap<>();
    Matcher matcher = CLIP.matcher(text);
    return matcher.replaceAll(m -> names.computeIfAbsent(m.group(), k -> id + "c" + names.size()));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
