/**
 * The accuracy report of a conversion: every variant of a model beside the majority and the
 * control, each figure with its standard error, as JSON for programs and as one HTML page for
 * readers. It says on which examples choices were made, and never calls a difference within two
 * standard errors a gain or a loss. This package must not know how the figures came about.
 */
@NullMarked
package io.cipherstream.workflow.report;

import org.jspecify.annotations.NullMarked;
