package io.cipherstream.ckks;

import io.cipherstream.ring.Modulus;

/**
 * A parameter set that protects nothing, for tests that simulate hardware cycle by cycle and cannot
 * wait for a ring of degree 8192: N = 1024 with the primes of {@link CkksParameters#N8192}, about
 * eight times the modulus that 128-bit security allows.
 *
 * <p>It exists only in a process started with the system property {@value #SWITCH} set to {@code
 * true}. It is in no list of sets: no appliance offers it, no importer chooses it. Without the
 * property, whoever names it is refused.
 */
public final class InsecureTestParameters {

  /** The system property that allows the set. */
  public static final String SWITCH = "cipherstream.INSECURE_TEST_PARAMETERS";

  /** How the set is marked wherever its security would be shown. */
  public static final String MARK = "INSECURE: test only";

  /** Name of the set. */
  public static final String N1024 = "insecure-test-n1024";

  private InsecureTestParameters() {}

  /** Whether this process allows the set. */
  public static boolean allowed() {
    return Boolean.getBoolean(SWITCH);
  }

  /**
   * N = 1024, {50, 38, 38, 38 | 50} bits.
   *
   * @throws IllegalArgumentException if this process does not allow it
   */
  public static CkksParameters n1024() {
    if (!allowed()) {
      throw new IllegalArgumentException(
          "parameter set '"
              + N1024
              + "' is "
              + MARK
              + "; it protects nothing and is refused. Expected one of "
              + CkksParameters.SETS.stream().map(CkksParameters::name).toList()
              + "; only tests may start Java with -D"
              + SWITCH
              + "=true");
    }
    CkksParameters sound = CkksParameters.N8192;
    long[] primes = sound.dataPrimes().stream().mapToLong(Modulus::value).toArray();
    return CkksParameters.insecure(N1024, 1024, primes, sound.specialPrime().value());
  }
}
