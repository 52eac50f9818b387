/**
 * What a run of benchmarks found: measurements with their spread, the machine, the versions; as a
 * JSON file, as a page for readers, and compared with another run. It knows nothing of how anything
 * is measured.
 */
@NullMarked
package io.cipherstream.bench.report;

import org.jspecify.annotations.NullMarked;
