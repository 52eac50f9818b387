/** The door of the Open Inference Protocol, version 2, which KServe and Triton clients speak. */
@NullMarked
package io.cipherstream.gateway.inference;

import org.jspecify.annotations.NullMarked;
