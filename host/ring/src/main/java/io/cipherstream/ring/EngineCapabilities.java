package io.cipherstream.ring;

/**
 * What an engine can do.
 *
 * @param device for people: the processor or device, its driver
 * @param memoryBytes memory that buffers and scratch may take in all
 * @param instructionsMax longest program
 * @param asynchronous whether {@link LimbEngine#submit} returns before the program has finished
 * @param hostMemory whether buffers lie in the host's memory, so that transfers are plain copies
 * @param joins whether submitted programs wait for each other to be started as one, so that every
 *     wait for a program costs a start
 */
public record EngineCapabilities(
    String device,
    long memoryBytes,
    int instructionsMax,
    boolean asynchronous,
    boolean hostMemory,
    boolean joins) {}
