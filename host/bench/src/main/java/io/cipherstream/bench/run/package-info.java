/**
 * Runs benchmarks: chooses engines and cases, starts the measuring processes, checks that all
 * engines gave the same words, and makes the report. It knows nothing of models, of the network or
 * of secret keys; sentences are timed by whoever calls it.
 */
@NullMarked
package io.cipherstream.bench.run;

import org.jspecify.annotations.NullMarked;
