/**
 * Cycles of the limb-program core: what it needs for a program, predicted from its parameters and
 * measured on the simulated card. Knows the core's units, queues and formulas as {@code fpga}
 * documents them; knows nothing of how a report looks.
 */
@NullMarked
package io.cipherstream.bench.cycles;

import org.jspecify.annotations.NullMarked;
