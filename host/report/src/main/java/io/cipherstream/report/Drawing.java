package io.cipherstream.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** Draws the charts of one page in one look. Remembers why one could not be drawn. */
public final class Drawing {

  /** Width of a chart that has a row to itself, in pixels. */
  public static final int WIDE = 1000;

  /** Width of a chart that has half a row. */
  public static final int HALF = 490;

  /** Of what others are compared with. */
  public static final Color QUIET = new Color(0xb4bec8);

  /** Of the one thing that a chart shows. */
  public static final Color INK = new Color(0x0b5c8f);

  /** Of a mark in it. */
  public static final Color ACCENT = new Color(0xd55e00);

  private static final Color TEXT = new Color(0x3d4a57);
  private static final Color GRID = new Color(0xe3e7eb);

  /** Told apart by most eyes (Okabe and Ito, 2008). */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072b2),
          new Color(0xd55e00),
          new Color(0x009e73),
          new Color(0xcc79a7),
          new Color(0xe69f00),
          new Color(0x56b4e9),
          new Color(0x000000),
          new Color(0xf0e442));

  private static final int FONT_POINTS = 12;
  private static final String LOGARITHMIC_PATTERN = "0.######";

  private int charts;
  private String failure = "";

  public Drawing() {
    System.setProperty("java.awt.headless", "true");
  }

  /** The color of a series; they begin again when there are no more. */
  public static Color color(int index) {
    return COLORS.get(index % COLORS.size());
  }

  public static BasicStroke line(float width) {
    return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
  }

  public static BasicStroke dashes(float width) {
    return new BasicStroke(
        width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 4}, 0);
  }

  /** Why a chart could not be drawn, such as a machine without fonts; empty if none failed. */
  public String failure() {
    return failure;
  }

  /** An empty chart of lines or points. */
  public XYChart lines(int width, int height, String xTitle, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(width)
            .height(height)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    style(chart.getStyler());
    chart.getStyler().setxAxisTickLabelsFormattingFunction(Drawing::tick);
    return chart;
  }

  /** An empty chart over names. */
  public CategoryChart categories(int width, int height, String yTitle) {
    CategoryChart chart =
        new CategoryChartBuilder().width(width).height(height).yAxisTitle(yTitle).build();
    style(chart.getStyler());
    return chart;
  }

  private static void style(AxesChartStyler styler) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, FONT_POINTS);
    styler.setBaseFont(font);
    styler.setAxisTickLabelsFont(font);
    styler.setAxisTitleFont(font);
    styler.setLegendFont(font);
    styler.setAxisTickLabelsColor(TEXT);
    styler.setAxisTickMarksColor(GRID);
    styler.setXAxisTitleColor(TEXT);
    styler.setYAxisTitleColor(TEXT);
    styler.setChartFontColor(TEXT);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderColor(Color.WHITE);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(line(1));
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setAxisTicksMarksVisible(false);
    styler.setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right);
    styler.setyAxisTickLabelsFormattingFunction(Drawing::tick);
  }

  /**
   * Makes the vertical axis logarithmic. XChart places ticks as on a linear axis wherever labels
   * have a function, so that axis must have none.
   */
  public static void logarithmicY(AxesChartStyler styler) {
    styler.setYAxisLogarithmic(true);
    styler.setyAxisTickLabelsFormattingFunction(null);
    styler.setYAxisDecimalPattern(LOGARITHMIC_PATTERN);
  }

  /** Makes the horizontal axis logarithmic. */
  public static void logarithmicX(AxesChartStyler styler) {
    styler.setXAxisLogarithmic(true);
    styler.setxAxisTickLabelsFormattingFunction(null);
    styler.setXAxisDecimalPattern(LOGARITHMIC_PATTERN);
  }

  /** A tick's label: as few digits as it has. */
  public static String tick(double value) {
    double size = Math.abs(value);
    if (size >= 10_000 || (size > 0 && size < 0.001)) {
      return Figures.number(value).replace("1.0·", "").replace(".0·", "·");
    }
    String text = Double.toString(Math.rint(1e4 * value) / 1e4 + 0.0);
    return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text).replace('-', '−');
  }

  /** The chart as an SVG element; empty if it cannot be drawn here, the tables say the same. */
  public Optional<String> svg(String title, Supplier<? extends Chart<?, ?>> maker) {
    try {
      return Optional.of(Svg.of(maker.get(), "chart" + ++charts, title));
    } catch (RuntimeException | LinkageError e) {
      // A Java without fonts fails in many ways.
      failure = e.toString();
      return Optional.empty();
    }
  }
}
