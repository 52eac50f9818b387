/**
 * What a run of the cycle benchmarks found, simulated and predicted cycles beside each other and
 * what follows for cards; as a JSON file and as a page for readers. It knows nothing of how
 * anything is simulated or predicted.
 */
@NullMarked
package io.cipherstream.bench.cycles.report;

import org.jspecify.annotations.NullMarked;
