package io.cipherstream.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.server.config.ConfigException;
import io.cipherstream.server.config.ServerConfig.Tenant;
import io.cipherstream.server.config.ServerConfig.TenantKey;
import io.cipherstream.server.problem.ProblemException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeysTest {

  private static final String KEY = "0123456789abcdef";
  private static final String OTHER = "fedcba9876543210";
  private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");

  private Instant now = END.minusSeconds(1);

  private ApiKeys keys(Tenant... tenants) {
    return new ApiKeys(List.of(tenants), () -> now);
  }

  private static Tenant named(String name, TenantKey... keys) {
    return new Tenant(name, null, null, null, null, null, List.of(keys), null);
  }

  @Test
  void aKeyByItsHashIsTheSameKey() {
    ApiKeys keys = keys(new Tenant("a", null, ApiKeys.sha256(KEY), null, null, null));
    assertThat(keys.caller("Bearer " + KEY).tenant()).isEqualTo("a");
  }

  @Test
  void twoTenantsWithOneKeyAreRefused() {
    Tenant plain = new Tenant("a", KEY, null, null, null, null);
    Tenant hashed = named("b", new TenantKey("k", ApiKeys.sha256(KEY), null));
    assertThatThrownBy(() -> new ApiKeys(List.of(plain, hashed), InstantSource.system()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'a'")
        .hasMessageContaining("'b'")
        .hasMessageNotContainingAny(KEY, ApiKeys.sha256(KEY));
  }

  @Test
  void aTenantHasSeveralKeysAndEachEndsByItself() {
    ApiKeys keys =
        keys(
            named(
                "a",
                new TenantKey("old", ApiKeys.sha256(KEY), END.toString()),
                new TenantKey("new", ApiKeys.sha256(OTHER), null)));
    assertThat(keys.caller("Bearer " + KEY).key()).isEqualTo("old");
    assertThat(keys.caller("Bearer " + OTHER).key()).isEqualTo("new");
    assertThat(keys.stillCounts("Bearer " + KEY, "a")).isTrue();
    now = END;
    assertThatThrownBy(() -> keys.caller("Bearer " + KEY))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("ended at 2027-01-01T00:00:00Z")
        .hasMessageNotContaining(KEY);
    assertThat(keys.stillCounts("Bearer " + KEY, "a")).isFalse();
    assertThat(keys.caller("Bearer " + OTHER).tenant()).isEqualTo("a");
  }
}
