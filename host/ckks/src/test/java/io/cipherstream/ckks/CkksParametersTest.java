package io.cipherstream.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.Modulus;
import java.math.BigInteger;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class CkksParametersTest {

  @ParameterizedTest
  @FieldSource("io.cipherstream.ckks.CkksParameters#ALL_SETS")
  void everySetStaysBelowItsCap(CkksParameters set) {
    int special = set.specialPrimes().stream().mapToInt(Modulus::bits).sum();
    int bits = special + set.dataPrimes().stream().mapToInt(Modulus::bits).sum();
    assertThat(set.bits()).isEqualTo(bits);
    assertThat(bits).isLessThanOrEqualTo(CkksParameters.securityCapBits(set.degree()));
    assertThat(set.modulusBits(set.dataLimbs()) + special).isLessThanOrEqualTo(bits);
    assertThat(CkksParameters.named(set.name())).isSameAs(set);
    assertThat(CkksParameters.withDigest(set.digestHex())).containsSame(set);
    assertThat(set.ring().moduli())
        .allMatch(q -> BigInteger.valueOf(q.value()).isProbablePrime(100));
  }

  @Test
  void theTestSetIsRefusedUnlessTheProcessAllowsIt() {
    System.clearProperty(InsecureTestParameters.SWITCH);
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            InsecureTestParameters::n1024,
            () -> CkksParameters.named(InsecureTestParameters.N1024))) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("INSECURE: test only")
          .hasMessageContaining("refused")
          .hasMessageContaining("n8192");
    }
    System.setProperty(InsecureTestParameters.SWITCH, "true");
    try {
      CkksParameters set = CkksParameters.named(InsecureTestParameters.N1024);
      assertThat(set.insecure()).isTrue();
      assertThat(set.security()).isEqualTo("INSECURE: test only");
      assertThat(set.degree()).isEqualTo(1024);
      assertThat(CkksParameters.ALL_SETS).doesNotContain(set).noneMatch(CkksParameters::insecure);
    } finally {
      System.clearProperty(InsecureTestParameters.SWITCH);
    }
    assertThat(CkksParameters.N8192.security()).isEqualTo("at most 214 bits for 128-bit security");
  }

  @Test
  void galoisElementsArePowersOfThree() {
    CkksParameters set = CkksParameters.N8192;
    long power = 1;
    for (int step = 0; step < set.slots(); step++) {
      assertThat(set.galoisElement(step)).isEqualTo((int) power);
      if (step > 0) {
        assertThat(set.galoisElement(step - set.slots())).isEqualTo((int) power);
      }
      power = power * 3 % (2L * set.degree());
    }
    assertThat(power).isEqualTo(1);
    assertThat(set.galoisElement(set.conjugationStep())).isEqualTo(2 * set.degree() - 1);
    assertThatThrownBy(() -> set.galoisElement(set.slots() + 1)).isInstanceOf(CkksException.class);
    assertThatThrownBy(() -> set.galoisElement(-set.slots())).isInstanceOf(CkksException.class);
  }

  @Test
  void aSetBeyondTheCapIsRefused() {
    long[] primes =
        CkksParameters.N16384.dataPrimes().stream().limit(5).mapToLong(Modulus::value).toArray();
    assertThatThrownBy(
            () ->
                new CkksParameters(
                    "wide", 8192, primes, CkksParameters.N16384.specialPrime().value()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("260 bits")
        .hasMessageContaining("at most 214");
  }

  @Test
  void repeatedLongOrUnfitPrimesAreRefused() {
    long q = CkksParameters.N8192.dataPrime(0).value();
    long p = CkksParameters.N8192.specialPrime().value();
    assertThatThrownBy(() -> new CkksParameters("twice", 8192, new long[] {q, q}, p))
        .hasMessageContaining("repeats a prime");
    assertThatThrownBy(() -> new CkksParameters("same", 8192, new long[] {q}, q))
        .hasMessageContaining("repeats a prime");
    assertThatThrownBy(() -> new CkksParameters("unfit", 8192, new long[] {12289}, p))
        .hasMessageContaining("1 modulo 16384");
    assertThatThrownBy(() -> new CkksParameters("long", 8192, new long[] {1152921504606748673L}, p))
        .hasMessageContaining("at most 50 bits");
    assertThatThrownBy(() -> new CkksParameters("none", 8192, new long[0], p))
        .hasMessageContaining("no data prime");
    assertThatThrownBy(() -> CkksParameters.securityCapBits(2048)).hasMessageContaining("2048");
    assertThatThrownBy(() -> CkksParameters.named("n2048")).hasMessageContaining("n8192");
  }

  @Test
  void severalSpecialPrimesMakeFewerDigits() {
    CkksParameters deep = CkksParameters.N32768_SEALED;
    assertThat(deep.hybrid()).isTrue();
    assertThat(deep.ring().moduli()).hasSize(20);
    assertThat(deep.ring().moduli().subList(16, 20)).isEqualTo(deep.specialPrimes());
    assertThat(deep.ring().moduli().stream().mapToInt(Modulus::bits).sum()).isEqualTo(850);
    assertThat(deep.digits(16)).isEqualTo(4);
    assertThat(deep.digits(5)).isEqualTo(2);
    assertThat(deep.digitWords(5)).isEqualTo(9 * 32768);
    assertThatThrownBy(deep::specialPrime)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("n32768-sealed has 4 special primes");
    CkksParameters usual = CkksParameters.N8192;
    assertThat(usual.hybrid()).isFalse();
    assertThat(usual.digits(3)).isEqualTo(3);
    assertThat(usual.digitWords(3)).isEqualTo(4 * 8192);
    long[] primes = usual.dataPrimes().stream().mapToLong(Modulus::value).toArray();
    long p = usual.specialPrime().value();
    assertThatThrownBy(() -> new CkksParameters("none", 8192, primes, new long[0]))
        .hasMessageContaining("no special prime");
    assertThatThrownBy(
            () -> new CkksParameters("same", 8192, new long[] {primes[0]}, new long[] {p, p}))
        .hasMessageContaining("repeats a prime");
  }

  @Test
  void theDigestCoversThePrimesAndNotTheName() {
    long[] primes = CkksParameters.N8192.dataPrimes().stream().mapToLong(Modulus::value).toArray();
    long p = CkksParameters.N8192.specialPrime().value();
    CkksParameters renamed = new CkksParameters("other", 8192, primes, p);
    assertThat(renamed).isEqualTo(CkksParameters.N8192);
    assertThat(renamed.digestHex()).isEqualTo(CkksParameters.N8192.digestHex());
    long[] swapped = primes.clone();
    swapped[1] = primes[2];
    swapped[2] = primes[1];
    assertThat(new CkksParameters("n8192", 8192, swapped, p)).isNotEqualTo(CkksParameters.N8192);
  }
}
