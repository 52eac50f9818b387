/**
 * Limb programs that people wrote, run on an engine: program files with words in and words
 * expected, compared with the interpreter, and the report that continuous integration reads.
 */
@NullMarked
package io.cipherstream.bench.trial;

import org.jspecify.annotations.NullMarked;
