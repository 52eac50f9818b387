package io.cipherstream.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The appliance's configuration; see {@code defaults.yaml} for every member with its default.
 *
 * @param bind where to listen
 * @param tls how connections are protected
 * @param dataDirectory sessions, keys, certificate, state file
 * @param modelDirectories folders that hold model packages
 * @param models names to serve; empty for all that are found
 * @param tenants who may use the appliance
 * @param tenantsFile a file with more of them, which is read again when it changes; see {@link
 *     TenantFile}
 * @param generateApiKey whether to write an API key of tenant {@code default} to {@code
 *     <dataDirectory>/api-key} when no tenant is configured
 * @param tryPage whether {@code GET /try} is a page that asks a sealed model from the browser
 * @param otlpEndpoint receiver of traces, as in {@code http://127.0.0.1:4318}; null for none
 * @param compute processors, memory, warm-up
 * @param limits every limit
 * @param cluster the other nodes of a cluster, if it is one
 */
public record ServerConfig(
    Bind bind,
    Tls tls,
    Path dataDirectory,
    List<Path> modelDirectories,
    List<String> models,
    List<Tenant> tenants,
    @Nullable Path tenantsFile,
    boolean generateApiKey,
    boolean tryPage,
    @Nullable URI otlpEndpoint,
    Compute compute,
    Limits limits,
    Cluster cluster) {

  /**
   * @param port TCP port; 0 for any free one
   * @param healthHost where health has a listener of its own
   * @param healthPort its TCP port, plain HTTP without API keys; 0 for any free one, -1 for none
   * @param adminPort TCP port of the administration on 127.0.0.1, plain HTTP with the token in
   *     {@code <dataDirectory>/admin-token}; 0 for any free one, -1 for none
   */
  public record Bind(
      String host,
      @Range(min = 0, max = 65535) int port,
      String healthHost,
      @Range(min = -1, max = 65535) int healthPort,
      @Range(min = -1, max = 65535) int adminPort) {}

  /** How connections are protected. */
  public enum TlsMode {
    /** A certificate made on first start and kept in {@code <dataDirectory>/tls}. */
    SELF_SIGNED,
    /** PEM files. */
    FILES,
    /** None; only on a loopback address. */
    PLAIN_HTTP
  }

  /**
   * @param certificate PEM chain, with {@link TlsMode#FILES}
   * @param key PEM private key, with {@link TlsMode#FILES}
   * @param hostNames DNS names and addresses in a self-signed certificate
   */
  public record Tls(
      TlsMode mode, @Nullable Path certificate, @Nullable Path key, List<String> hostNames) {}

  /**
   * At most one of {@code apiKey} and {@code apiKeySha256} (64 hex digits) is given, and at most
   * one of the previous ones, which counts as well while clients change to the new key; or {@code
   * keys}, or all of them.
   *
   * @param apiKey the key itself
   * @param apiKeySha256 its SHA-256, so that the file need not hold the key
   * @param operator whether this key may read the whole appliance's metrics; not, if null
   * @param keys any number of keys with names and ends
   * @param limits the tenant's own, in place of those of all
   */
  public record Tenant(
      String name,
      @Nullable String apiKey,
      @Nullable String apiKeySha256,
      @Nullable String previousApiKey,
      @Nullable String previousApiKeySha256,
      @Nullable Boolean operator,
      @Nullable List<TenantKey> keys,
      @Nullable TenantLimits limits) {

    /** A tenant with its keys of the configuration's older members. */
    public Tenant(
        String name,
        @Nullable String apiKey,
        @Nullable String apiKeySha256,
        @Nullable String previousApiKey,
        @Nullable String previousApiKeySha256,
        @Nullable Boolean operator) {
      this(name, apiKey, apiKeySha256, previousApiKey, previousApiKeySha256, operator, null, null);
    }

    /** Whether a key itself, and not only its digest, is in the configuration. */
    public boolean holdsKey() {
      return apiKey != null || previousApiKey != null;
    }

    @Override
    public String toString() {
      return "tenant " + name;
    }
  }

  /**
   * @param name of the key, for people and the audit log
   * @param sha256 SHA-256 of the key, 64 hex digits
   * @param notAfter when it ends, as in 2027-11-30T00:00:00Z; never, if null
   */
  public record TenantKey(String name, String sha256, @Nullable String notAfter) {

    /** When it ends. */
    public Instant end() {
      return notAfter == null ? Instant.MAX : Instant.parse(notAfter);
    }
  }

  /** Limits of one tenant; null where those of all hold. The names are those of {@link Limits}. */
  public record TenantLimits(
      @Nullable Integer sessionsPerTenantMax,
      @Nullable Long keyBytesPerTenantMax,
      @Nullable Integer tracksPerTenantMax,
      @Nullable Long trackBytesPerTenantMax,
      @Nullable Integer inferencesPerTenantMax,
      @Range(min = 0) @Nullable Long inferencesPerTenantPerDayMax,
      @Range(min = 0) @Nullable Long computeSecondsPerTenantPerDayMax) {}

  /**
   * Several appliances that serve each other's sessions.
   *
   * @param node this one's name; null for an appliance that stands alone
   * @param nodes every node, this one included; the same list at each of them
   * @param certificate PEM chain of this node, with the node's name as a DNS name
   * @param key its PEM private key
   * @param authority PEM certificates that sign the nodes' certificates and nobody else's
   * @param connectionsMax connections from the other nodes, and to each of them
   */
  public record Cluster(
      @Nullable String node,
      List<ClusterNode> nodes,
      @Nullable Path certificate,
      @Nullable Path key,
      @Nullable Path authority,
      @Range(min = 8, max = 65536) int connectionsMax) {}

  /**
   * @param host where the other nodes reach it
   * @param port TCP port for the other nodes alone
   */
  public record ClusterNode(String name, String host, @Range(min = 1, max = 65535) int port) {}

  /**
   * @param threads workers that split one step; 0 for one per processor
   * @param stepsAtOnce steps of different inferences computed at one time
   * @param weightBytesMax bytes that encoded weights of all models may take; 0 for a part of {@link
   *     Limits#memoryBytesMax}
   * @param warmUp whether a model is ready only after an inference on random ciphertexts
   * @param engine what computes: auto, seal, seal-limb, java, opencl[:platform[/device]] or
   *     sim[:configuration]
   * @param engineBytesMax most memory of a device; 0 for its own default
   * @param engineResidentBytesMax bytes on the engine for keys and weights not in use
   * @param crossCheckRate share of programs that are computed again on SEAL and compared, 0 to 1
   * @param answerNoise standard deviation of the noise in a sealed model's answers, in units of the
   *     answer (logits); 0 for none
   * @param image folder with the device image of a card and its manifest, for {@code
   *     opencl:platform[/device]}; null for devices that build their kernels
   * @param imageCyclesPerSecondMin slowest clock at which the cores of an image count as alive; 0
   *     for what its board suggests
   */
  public record Compute(
      @Range(min = 0, max = 4096) int threads,
      @Range(max = 4096) int stepsAtOnce,
      @Range(min = 0) long weightBytesMax,
      boolean warmUp,
      String engine,
      @Range(min = 0) long engineBytesMax,
      @Range(min = 0) long engineResidentBytesMax,
      @Range(min = 0, max = 1) double crossCheckRate,
      @Range(min = 0, max = 1) double answerNoise,
      @Nullable Path image,
      @Range(min = 0) long imageCyclesPerSecondMin) {

    /** Threads, with 0 resolved to the number of processors. */
    public int effectiveThreads() {
      return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
  }
}
