/**
 * Tasks and their data: descriptions of tasks, readers for tables and CoNLL columns, held-out
 * splits, and word-piece encoding with segments and first-piece labels. Every reader is bounded,
 * and every error names the file, the line, what was received and what was expected. This package
 * must not know models' weights, training or metrics.
 */
@NullMarked
package io.cipherstream.workflow.data;

import org.jspecify.annotations.NullMarked;
