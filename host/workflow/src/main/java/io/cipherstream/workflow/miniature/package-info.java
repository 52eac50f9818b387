/**
 * A small made-up task with a known answer, for trying the whole workflow in minutes: agreement of
 * a verb with its subject. Its sentences come in pairs of the same words in another order, with the
 * other answer. So no bag of words does better than chance, and a rule is always right. This
 * package must not know models or training.
 */
@NullMarked
package io.cipherstream.workflow.miniature;

import org.jspecify.annotations.NullMarked;
