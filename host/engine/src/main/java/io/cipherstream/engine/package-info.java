/**
 * Which engine computes: names of engines, opening one of them for a parameter set, the automatic
 * choice with its reason, and what happens when a device fails. Knows every engine, but no model
 * and no network.
 */
@NullMarked
package io.cipherstream.engine;

import org.jspecify.annotations.NullMarked;
