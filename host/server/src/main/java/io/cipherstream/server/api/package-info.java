/**
 * The HTTP interface: routes, authentication, validation against the OpenAPI contract, streamed key
 * upload. No blocking call happens on an event loop.
 */
@NullMarked
package io.cipherstream.server.api;

import org.jspecify.annotations.NullMarked;
