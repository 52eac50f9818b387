/**
 * Small networks on ciphertexts without a round: matrices and polynomials in turns, on one layout.
 * A Kolmogorov–Arnold network and a convolutional one are both made into this form. This package
 * knows no transformer, no engine, holds no key and never touches the network between computers.
 */
@NullMarked
package io.cipherstream.network;

import org.jspecify.annotations.NullMarked;
