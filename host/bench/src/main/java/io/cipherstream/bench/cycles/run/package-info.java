/**
 * Runs the cycle benchmarks: compiles programs as the appliance does, predicts their cycles, runs
 * them on simulated cards, compares the words with the interpreter's, and makes the report. It
 * knows nothing of how images are built.
 */
@NullMarked
package io.cipherstream.bench.cycles.run;

import org.jspecify.annotations.NullMarked;
