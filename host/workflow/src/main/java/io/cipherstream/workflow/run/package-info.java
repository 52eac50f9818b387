/**
 * A whole conversion: every seed's stages, a report after each of them, the choice of the best,
 * packages and their checks. Encrypted checks come in through {@link
 * io.cipherstream.workflow.run.PackageChecks}. This package must not know the command line.
 */
@NullMarked
package io.cipherstream.workflow.run;

import org.jspecify.annotations.NullMarked;
