/**
 * Reports as files: JSON for programs and one HTML page for readers, which needs no other file and
 * no network; its charts are SVG within the page. A page is sections of blocks; one class makes
 * each section. This package must not compute a figure that a reader of the JSON would lack, nor
 * know how the figures came about.
 */
@NullMarked
package io.cipherstream.workflow.report.page;

import org.jspecify.annotations.NullMarked;
