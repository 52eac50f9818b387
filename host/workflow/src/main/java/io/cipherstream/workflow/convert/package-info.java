/**
 * THE-X's workflow: the stages from a pre-trained encoder to packages that run encrypted, each with
 * its recipe, its result on disk, and its place in the report. This package must not know the
 * command line, encryption or the network.
 */
@NullMarked
package io.cipherstream.workflow.convert;

import org.jspecify.annotations.NullMarked;
