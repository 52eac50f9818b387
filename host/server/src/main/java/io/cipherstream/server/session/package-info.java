/**
 * Sessions, their key files and quotas, and the evaluation keys loaded from them. Keys outlive a
 * restart; nothing half-written is ever visible.
 */
@NullMarked
package io.cipherstream.server.session;

import org.jspecify.annotations.NullMarked;
