/** The appliance's meters and their Prometheus names. */
@NullMarked
package io.cipherstream.server.metrics;

import org.jspecify.annotations.NullMarked;
