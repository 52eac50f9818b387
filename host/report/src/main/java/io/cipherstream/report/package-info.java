/**
 * The kit that every report is made with: a page and its parts, charts, figures, and JSON files.
 *
 * <p>Must not know: what any report is about.
 */
@NullMarked
package io.cipherstream.report;

import org.jspecify.annotations.NullMarked;
