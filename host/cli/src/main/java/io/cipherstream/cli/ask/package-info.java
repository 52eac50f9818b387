/** Questions to a model: {@code classify} and {@code embed}, their texts and their answers. */
@NullMarked
package io.cipherstream.cli.ask;

import org.jspecify.annotations.NullMarked;
