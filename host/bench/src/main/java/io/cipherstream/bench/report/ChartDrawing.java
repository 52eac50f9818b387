package io.cipherstream.bench.report;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** Draws charts in the look that all pages share. Remembers why one could not be drawn. */
public final class ChartDrawing {

  /** Told apart by most eyes (Okabe and Ito, 2008). */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x999999),
          new Color(0x000000),
          new Color(0x0072b2),
          new Color(0x56b4e9),
          new Color(0x009e73),
          new Color(0xf0e442),
          new Color(0xe69f00),
          new Color(0xd55e00),
          new Color(0xcc79a7));

  private static final int WIDTH = 1000;
  private static final int HEIGHT = 380;
  private static final int LABEL_ROTATION = 20;
  private static final double BAR_SHARE = 0.8;

  private String failure = "";

  public ChartDrawing() {
    System.setProperty("java.awt.headless", "true");
  }

  /** The color of series {@code index}; they begin again when there are no more. */
  public static Color color(int index) {
    return COLORS.get(index % COLORS.size());
  }

  /** Why a chart could not be drawn, such as a machine without fonts; empty if none failed. */
  public String failure() {
    return failure;
  }

  /** An empty chart of bars. */
  public static CategoryChart bars(String title, String yTitle) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .yAxisTitle(yTitle)
            .build();
    style(chart.getStyler());
    chart.getStyler().setAvailableSpaceFill(BAR_SHARE);
    chart.getStyler().setXAxisLabelRotation(LABEL_ROTATION);
    return chart;
  }

  /** An empty chart of points. */
  public static XYChart points(String title, String xTitle, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    style(chart.getStyler());
    return chart;
  }

  private static void style(AxesChartStyler styler) {
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotGridVerticalLinesVisible(false);
  }

  /** Makes the axis logarithmic; bars begin at the power of ten below the least. */
  public static void logarithmic(CategoryChart chart) {
    double least =
        chart.getSeriesMap().values().stream()
            .flatMap(series -> series.getYData().stream())
            .filter(Objects::nonNull)
            .mapToDouble(Number::doubleValue)
            .min()
            .orElse(1);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
  }

  /** The chart as an image; empty if it cannot be made or drawn here, the tables say the same. */
  public Optional<ChartImage> image(String title, Supplier<? extends Chart<?, ?>> maker) {
    try {
      ByteArrayOutputStream svg = new ByteArrayOutputStream();
      VectorGraphicsEncoder.saveVectorGraphic(maker.get(), svg, VectorGraphicsFormat.SVG);
      String data = Base64.getEncoder().encodeToString(svg.toByteArray());
      return Optional.of(new ChartImage(title, "data:image/svg+xml;base64," + data));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Never: it writes to memory.
    } catch (RuntimeException | LinkageError e) {
      // A Java without fonts fails in many ways.
      failure = e.toString();
      return Optional.empty();
    }
  }
}
