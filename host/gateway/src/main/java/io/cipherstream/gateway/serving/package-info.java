/** Models of one or several appliances, asked through the client SDK. */
@NullMarked
package io.cipherstream.gateway.serving;

import org.jspecify.annotations.NullMarked;
