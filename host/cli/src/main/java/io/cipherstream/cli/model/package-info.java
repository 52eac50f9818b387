/** {@code model}: import, inspection and plans of models. */
@NullMarked
package io.cipherstream.cli.model;

import org.jspecify.annotations.NullMarked;
