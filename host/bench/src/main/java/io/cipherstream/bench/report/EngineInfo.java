package io.cipherstream.bench.report;

import org.jspecify.annotations.Nullable;

/**
 * An engine as the report names it.
 *
 * @param id what {@code --engine} takes
 * @param description for readers
 * @param hexl whether it needs the native library with Intel HEXL, and so a process of its own
 * @param instructions whether limb instructions are measured on it
 * @param operations whether CKKS operations are measured on it
 * @param missing why it cannot be measured here; null if it can
 */
public record EngineInfo(
    String id,
    String description,
    boolean hexl,
    boolean instructions,
    boolean operations,
    @Nullable String missing) {

  /** The same, not to be measured here. */
  public EngineInfo leftOut(String reason) {
    return new EngineInfo(id, description, hexl, instructions, operations, reason);
  }
}
