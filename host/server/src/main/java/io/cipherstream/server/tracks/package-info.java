/** Encrypted tracks of genomic intervals that tenants have stored: on disk, and in queries. */
@NullMarked
package io.cipherstream.server.tracks;

import org.jspecify.annotations.NullMarked;
