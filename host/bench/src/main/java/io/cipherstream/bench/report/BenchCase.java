package io.cipherstream.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * One thing to measure.
 *
 * @param kind instruction, operation or sentence
 * @param name of the instruction or operation
 * @param engine {@link EngineInfo#id}
 * @param parameters name of the parameter set, which gives N and the primes
 * @param limbs limbs of the ciphertext for an operation, limbs in one program for an instruction
 * @param threads Java threads that run it at the same time
 */
public record BenchCase(
    Kind kind, String name, String engine, String parameters, int limbs, int threads) {

  /** What kind of thing is measured. */
  public enum Kind {
    /** An instruction of limb programs; time per limb. */
    INSTRUCTION,
    /** A CKKS operation; time per operation. */
    OPERATION,
    /** A sentence from text to label; time per sentence. */
    SENTENCE
  }

  /** The same on whatever engine: what cases are compared by. */
  @JsonIgnore
  public BenchCase subject() {
    return new BenchCase(kind, name, "", parameters, limbs, threads);
  }

  /** The same whatever the engine and the threads: what words depend on. */
  @JsonIgnore
  public BenchCase words() {
    return new BenchCase(kind, name, "", parameters, limbs, 0);
  }

  @Override
  public String toString() {
    return name
        + " "
        + parameters
        + "/"
        + limbs
        + (threads == 1 ? "" : " × " + threads + " threads")
        + " on "
        + engine;
  }
}
