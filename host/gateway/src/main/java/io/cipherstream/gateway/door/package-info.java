/** What all doors share: reading bodies, answering, timing, and who may come in. */
@NullMarked
package io.cipherstream.gateway.door;

import org.jspecify.annotations.NullMarked;
