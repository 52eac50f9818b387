package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.server.api.ApiKeys;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.ServerConfig.Tenant;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantMainTest {

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("tenants.json");
  }

  private record Run(int status, String out, String err) {}

  private Run run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--file=" + file());
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
      int status = TenantMain.run(all.toArray(String[]::new));
      return new Run(
          status,
          said.toString(StandardCharsets.UTF_8),
          complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private String key(String... words) {
    Run run = run(words);
    assertThat(run.status()).as(run.err()).isZero();
    String key = run.out().strip();
    assertThat(key).matches("[0-9a-f]{64}");
    return key;
  }

  private List<Tenant> loaded() {
    return ConfigLoader.load(null, Map.of(), Map.of("tenantsFile", "'" + file() + "'")).tenants();
  }

  @Test
  void keysAreMadePrintedOnceAndKeptAsDigests() throws Exception {
    String first = key("add", "alice", "--limit", "sessionsPerTenantMax=4", "--operator");
    String second = key("key", "alice", "laptop", "--days", "30");
    String text = Files.readString(file());
    assertThat(text).doesNotContain(first).doesNotContain(second).contains(ApiKeys.sha256(first));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-r-----");
    Tenant alice = loaded().get(0);
    assertThat(alice.operator()).isTrue();
    assertThat(alice.limits().sessionsPerTenantMax()).isEqualTo(4);
    assertThat(alice.keys()).extracting(k -> k.name()).containsExactly("first", "laptop");
    assertThat(alice.keys().get(0).end()).isEqualTo(Instant.MAX);
    assertThat(alice.keys().get(1).end())
        .isBetween(Instant.now().plusSeconds(29 * 86400), Instant.now().plusSeconds(31 * 86400));
    assertThat(run("list").out()).contains("alice", "laptop").doesNotContain(first);
  }

  @Test
  void keysAndTenantsAreTakenAwayAndLimitsChanged() {
    key("add", "alice");
    key("add", "bob");
    key("key", "alice", "laptop");
    assertThat(run("revoke", "alice", "first").status()).isZero();
    assertThat(run("limit", "alice", "computeSecondsPerTenantPerDayMax=60").status()).isZero();
    assertThat(run("remove", "bob").status()).isZero();
    assertThat(loaded()).extracting(Tenant::name).containsExactly("alice");
    assertThat(loaded().get(0).keys()).extracting(k -> k.name()).containsExactly("laptop");
    assertThat(loaded().get(0).limits().computeSecondsPerTenantPerDayMax()).isEqualTo(60);
  }

  @Test
  void whatAnApplianceWouldRefuseChangesNothing() throws Exception {
    key("add", "alice");
    String before = Files.readString(file());
    refused("is there already", "add", "alice");
    refused("no tenant 'bob'", "key", "bob", "laptop");
    refused("is given twice", "key", "alice", "first");
    refused("keys with names", "key", "alice", "a key");
    refused("no key 'laptop'", "revoke", "alice", "laptop");
    refused("unknown", "limit", "alice", "sessionsMax=3");
    refused("at least 1", "limit", "alice", "sessionsPerTenantMax=-1");
    refused("at most 64 characters", "add", "x".repeat(65));
    assertThat(Files.readString(file())).isEqualTo(before);
  }

  private void refused(String why, String... words) {
    Run run = run(words);
    assertThat(run.status()).as("%s %s", List.of(words), run.err()).isEqualTo(2);
    assertThat(run.err()).contains(why);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aDamagedFileIsSaidAndLeftAlone() throws Exception {
    Files.writeString(file(), "{\"tenants\": {}}");
    refused("expected one member, tenants, with a list", "add", "alice");
    assertThat(Files.readString(file())).isEqualTo("{\"tenants\": {}}");
  }
}
