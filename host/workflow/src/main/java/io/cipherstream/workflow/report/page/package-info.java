/**
 * Reports as files: JSON for programs and one HTML page for readers, which needs no other file and
 * no network; its charts are SVG inside the page. A page consists of sections of blocks, and one
 * class makes each section. This package must not compute a figure that the JSON lacks, nor know
 * how the figures were computed.
 */
@NullMarked
package io.cipherstream.workflow.report.page;

import org.jspecify.annotations.NullMarked;
