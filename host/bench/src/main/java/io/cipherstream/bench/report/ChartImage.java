package io.cipherstream.bench.report;

/**
 * A chart for a page.
 *
 * @param title what it shows, also its text for those who do not see it
 * @param uri the image as a data URI
 */
public record ChartImage(String title, String uri) {}
