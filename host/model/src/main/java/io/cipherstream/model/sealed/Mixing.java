package io.cipherstream.model.sealed;

/** How a layer's rows get something of each other: the z in x + z. */
public sealed interface Mixing permits WindowMixing, SelfAttention, PooledAttention {}
