package io.cipherstream.report;

import io.cipherstream.report.PageBlock.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A section of a page, filled from top to bottom by one thread. */
public final class PageSection {

  private final String id;
  private final String title;
  private final List<PageBlock> blocks = new ArrayList<>();

  /**
   * @param id to which the table of contents leads; unique in the page
   * @param title its heading
   */
  public PageSection(String id, String title) {
    this.id = id;
    this.title = title;
  }

  public String id() {
    return id;
  }

  public String title() {
    return title;
  }

  public List<PageBlock> blocks() {
    return blocks;
  }

  /** Whether there is a table in it. */
  public boolean hasTable() {
    return blocks.stream().anyMatch(block -> block.kind() == Kind.TABLE);
  }

  public PageSection paragraph(String text) {
    return paragraph(text, "");
  }

  /**
   * @param style good or bad
   */
  public PageSection paragraph(String text, String style) {
    return add(Kind.PARAGRAPH, text, style, List.of(), null);
  }

  public PageSection heading(String text) {
    return add(Kind.HEADING, text, "", List.of(), null);
  }

  /** What to keep in mind; nothing if there is nothing. */
  public PageSection warnings(List<String> items) {
    return items.isEmpty() ? this : add(Kind.WARNINGS, "", "", items, null);
  }

  /** A list; nothing if there are no items. */
  public PageSection list(List<String> items) {
    return items.isEmpty() ? this : add(Kind.LIST, "", "", items, null);
  }

  /** Charts that {@link Drawing} drew, above their caption; nothing if none could be drawn. */
  public PageSection charts(List<String> charts, String caption) {
    return charts.isEmpty() ? this : add(Kind.CHARTS, caption, "", charts, null);
  }

  /** A table of figures; nothing if it has no rows. */
  public PageSection figures(List<String> head, List<List<PageCell>> rows) {
    return table(new PageTable("figures", head, rows));
  }

  /** A table of keys and values; nothing if it has no rows. */
  public PageSection facts(List<List<PageCell>> rows) {
    return table(new PageTable("facts", List.of(), rows));
  }

  private PageSection table(PageTable table) {
    return table.rows().isEmpty() ? this : add(Kind.TABLE, "", "", List.of(), table);
  }

  private PageSection add(
      Kind kind, String text, String style, List<String> items, @Nullable PageTable table) {
    blocks.add(new PageBlock(kind, text, style, items, table));
    return this;
  }
}
