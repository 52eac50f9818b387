package io.cipherstream.workflow.report.page;

import java.util.List;

/**
 * A section of a page.
 *
 * @param id to which the table of contents leads
 * @param title its heading
 * @param blocks from top to bottom
 */
public record PageSection(String id, String title, List<PageBlock> blocks) {}
