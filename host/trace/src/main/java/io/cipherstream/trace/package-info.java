/**
 * Traces by OpenTelemetry.
 *
 * <p>Must not know: what is traced.
 */
@NullMarked
package io.cipherstream.trace;

import org.jspecify.annotations.NullMarked;
