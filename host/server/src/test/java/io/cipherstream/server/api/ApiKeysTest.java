package io.cipherstream.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.server.config.ConfigException;
import io.cipherstream.server.config.ServerConfig.Tenant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeysTest {

  private static final String KEY = "0123456789abcdef";

  @Test
  void aKeyByItsHashIsTheSameKey() {
    ApiKeys keys =
        new ApiKeys(List.of(new Tenant("a", null, ApiKeys.sha256(KEY), null, null, null)));
    assertThat(keys.tenant("Bearer " + KEY)).isEqualTo("a");
  }

  @Test
  void twoTenantsWithOneKeyAreRefused() {
    Tenant plain = new Tenant("a", KEY, null, null, null, null);
    Tenant hashed = new Tenant("b", null, ApiKeys.sha256(KEY), null, null, null);
    assertThatThrownBy(() -> new ApiKeys(List.of(plain, hashed)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'a'")
        .hasMessageContaining("'b'")
        .hasMessageNotContainingAny(KEY, ApiKeys.sha256(KEY));
  }
}
