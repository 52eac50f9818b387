/**
 * A whole conversion: every seed's stages, a report after each of them, the choice of the best,
 * packages and their checks. What it needs to know of encryption it asks through {@link
 * io.cipherstream.workflow.run.PackageChecks}; it must not know the command line.
 */
@NullMarked
package io.cipherstream.workflow.run;

import org.jspecify.annotations.NullMarked;
