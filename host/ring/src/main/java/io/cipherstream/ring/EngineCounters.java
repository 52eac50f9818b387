package io.cipherstream.ring;

/**
 * Running totals of an engine.
 *
 * @param submissions programs submitted
 * @param instructions instructions of those programs
 * @param bytesUp bytes uploaded
 * @param bytesDown bytes downloaded
 * @param liveBuffers buffers not yet given back
 * @param liveBytes bytes of those buffers
 */
public record EngineCounters(
    long submissions,
    long instructions,
    long bytesUp,
    long bytesDown,
    long liveBuffers,
    long liveBytes) {}
