package io.cipherstream.engine;

/**
 * The engine that was taken and why.
 *
 * @param spec never {@link EngineSpec.Kind#AUTO}
 * @param reason one sentence for the log
 */
public record EngineChoice(EngineSpec spec, String reason) {}
