package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Helm chart, rendered by Helm's library and checked against Kubernetes' schemas. */
@Tag("native")
@Tag("slow")
class HelmChartIT {

  private static final Path ROOT = Path.of(System.getProperty("cipherstream.root"));
  private static final String EVERYTHING =
      "{'replicas': 2, 'image': {'repository': 'registry.example/cipherstream', 'tag': '9',"
          + " 'pullSecrets': ['pull']}, 'config': {'limits': {'connectionsMax': 10},"
          + " 'otlpEndpoint': 'http://collector:4318'},"
          + " 'tls': {'secretName': 'certificate'}, 'tenants': {'secretName': 'tenants'},"
          + " 'models': {'claimName': 'packages'}, 'javaOptions': '-Xmx1g',"
          + " 'persistence': {'storageClass': 'fast'},"
          + " 'service': {'type': 'LoadBalancer', 'annotations': {'a': 'b'}},"
          + " 'networkPolicy': {'clients': [{'podSelector': {}}],"
          + " 'probes': [{'namespaceSelector': {}}],"
          + " 'receivers': [{'podSelector': {'matchLabels': {'app': 'collector'}}}]},"
          + " 'serviceMonitor': {'enabled': true, 'labels': {'release': 'prometheus'},"
          + " 'apiKeySecret': {'name': 'scrape', 'key': 'api-key'},"
          + " 'caSecret': {'name': 'ca', 'key': 'ca.crt'}},"
          + " 'nodeSelector': {'a': 'b'}, 'tolerations': [{'operator': 'Exists'}],"
          + " 'affinity': {'nodeAffinity': {}}, 'podAnnotations': {'a': 'b'}}";

  private static final List<String> SETTINGS =
      List.of("compute.warmUp=false", "bind.healthPort=0", "bind.adminPort=0");

  /** Charts by their values. */
  private static final Map<String, JsonNode> RENDERED = new HashMap<>();

  @TempDir private Path home;

  /** What comes of the chart with each of these values. */
  private static List<JsonNode> charts(Collection<String> values) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("target/setup/clients/bin/python").toString());
    command.add(Path.of("src/test/resources/rack/chart.py").toAbsolutePath().toString());
    command.add(ROOT.resolve("deploy/helm/cipherstream").toString());
    values.forEach(each -> command.add(each.replace('\'', '"')));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<JsonNode> results = new ArrayList<>();
    for (String line : process.inputReader().lines().toList()) {
      results.add(Json.MAPPER.readTree(line));
    }
    assertThat(process.waitFor()).isZero();
    assertThat(results).hasSameSizeAs(values);
    return results;
  }

  /** The documents of a chart without faults, by kind and name; each chart is rendered once. */
  private static Map<String, JsonNode> documents(String values) throws Exception {
    JsonNode result = RENDERED.get(values);
    if (result == null) {
      result = charts(List.of(values)).get(0);
      RENDERED.put(values, result);
    }
    assertThat(result.path("refused").asText("")).isEmpty();
    assertThat(result.path("lint")).isEmpty();
    assertThat(result.path("faults")).isEmpty();
    Map<String, JsonNode> documents = new TreeMap<>();
    for (JsonNode document : result.path("documents")) {
      String name = document.at("/metadata/name").asText();
      documents.put(document.path("kind").asText() + " " + name, document);
    }
    return documents;
  }

  @Test
  void asItIsThePodHasNoRightsAndTheApplianceTakesItsConfiguration() throws Exception {
    Map<String, JsonNode> documents = documents("{}");
    assertThat(documents.keySet())
        .containsExactly(
            "ConfigMap r-cipherstream",
            "NetworkPolicy r-cipherstream",
            "PodDisruptionBudget r-cipherstream",
            "Service r-cipherstream",
            "Service r-cipherstream-each",
            "StatefulSet r-cipherstream");
    JsonNode pod = documents.get("StatefulSet r-cipherstream").at("/spec/template/spec");
    JsonNode container = pod.path("containers").path(0);
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
    assertThat(documents.get("NetworkPolicy r-cipherstream").at("/spec/egress")).isEmpty();
    String config = documents.get("ConfigMap r-cipherstream").at("/data/appliance.yaml").asText();
    assertThat(config).contains("r-cipherstream-0.r-cipherstream-each.n.svc");
    try (Programs.Served served = served(config)) {
      assertThat(served.state().ready()).isTrue();
    }
  }

  /** An appliance with that configuration, but for folders and ports of this test's. */
  private Programs.Served served(String config, String... settings)
      throws IOException, InterruptedException {
    Path file = Files.writeString(home.resolve("appliance.yaml"), config);
    List<String> words =
        new ArrayList<>(List.of("--config", file.toString(), "--model", "intervals"));
    for (String setting : SETTINGS) {
      words.addAll(List.of("--set", setting));
    }
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    return new Programs(home).serve(words.toArray(String[]::new));
  }

  /** The pod gives what the image is made for. */
  @Test
  void userVolumesAndPortsAreThoseOfTheImage() throws Exception {
    JsonNode set = documents("{}").get("StatefulSet r-cipherstream");
    JsonNode pod = set.at("/spec/template/spec");
    String image = Files.readString(ROOT.resolve("deploy/image/jib.xml"));
    assertThat(image)
        .contains("<user>" + pod.at("/securityContext/runAsUser").asText() + ":")
        .contains(":" + pod.at("/securityContext/runAsGroup").asText() + "</user>");
    String made = Files.readString(ROOT.resolve("deploy/image/build.sh"));
    for (JsonNode port : pod.at("/containers/0/ports")) {
      assertThat(made)
          .containsPattern(
              "make_image cipherstream Cipherstream [0-9,]*" + port.path("containerPort").asText());
    }
    assertThat(stream(pod.at("/containers/0/volumeMounts")).map(m -> m.path("mountPath").asText()))
        .contains("/var/lib/cipherstream", "/var/cache/cipherstream", "/etc/cipherstream");
    assertThat(image)
        .contains("<volume>/var/lib/cipherstream</volume>")
        .contains("<volume>/var/cache/cipherstream</volume>");
  }

  @Test
  void everyValueHasItsPlace() throws Exception {
    Map<String, JsonNode> documents = documents(EVERYTHING);
    JsonNode set = documents.get("StatefulSet r-cipherstream");
    JsonNode pod = set.at("/spec/template/spec");
    assertThat(set.at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(pod.at("/containers/0/image").asText()).isEqualTo("registry.example/cipherstream:9");
    assertThat(pod.at("/containers/0/env/0/value").asText()).isEqualTo("-Xmx1g");
    assertThat(stream(pod.path("volumes")).map(volume -> volume.path("name").asText()))
        .containsExactly("config", "cache", "tls", "tenants", "models");
    assertThat(documents.get("ConfigMap r-cipherstream").at("/data/appliance.yaml").asText())
        .contains("connectionsMax: 10", "mode: FILES", "tenantsFile: ", "- /models")
        .doesNotContain("generateApiKey");
    JsonNode scrape = documents.get("ServiceMonitor r-cipherstream").at("/spec/endpoints/0");
    assertThat(scrape.at("/authorization/credentials/name").asText()).isEqualTo("scrape");
    assertThat(scrape.at("/tlsConfig/ca/secret/name").asText()).isEqualTo("ca");
    JsonNode policy = documents.get("NetworkPolicy r-cipherstream");
    assertThat(policy.at("/spec/ingress/0/from")).hasSize(1);
    assertThat(policy.at("/spec/egress")).as("receivers of traces, and names").hasSize(2);
    assertThat(policy.at("/spec/egress/0/to/0/podSelector/matchLabels/app").asText())
        .isEqualTo("collector");
    assertThat(policy.at("/spec/egress/1/ports/0/port").asInt()).isEqualTo(53);
  }

  /** Each pod takes its own place in one list, and joins with the configuration that it gets. */
  @Test
  void severalReplicasAreAClusterWhoseNodesProveWhoTheyAre() throws Exception {
    Map<String, JsonNode> documents =
        documents(
            "{'replicas': 3, 'cluster': {'enabled': true, 'secretName': 'nodes'},"
                + " 'tenants': {'secretName': 'tenants'}}");
    JsonNode pod = documents.get("StatefulSet r-cipherstream").at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");
    assertThat(container.at("/env/0/name").asText()).isEqualTo("CIPHERSTREAM_CLUSTER_NODE");
    assertThat(container.at("/env/0/valueFrom/fieldRef/fieldPath").asText())
        .isEqualTo("metadata.name");
    assertThat(stream(container.path("volumeMounts")))
        .filteredOn(mount -> mount.path("name").asText().equals("cluster"))
        .extracting(mount -> mount.path("subPathExpr").asText(mount.path("subPath").asText()))
        .containsExactly(
            "authority.pem",
            "$(CIPHERSTREAM_CLUSTER_NODE).pem",
            "$(CIPHERSTREAM_CLUSTER_NODE).key");
    assertThat(documents).containsKey("PodDisruptionBudget r-cipherstream");
    assertThat(
            documents
                .get("Service r-cipherstream-each")
                .at("/spec/publishNotReadyAddresses")
                .asBoolean())
        .isTrue();
    JsonNode egress = documents.get("NetworkPolicy r-cipherstream").at("/spec/egress");
    assertThat(egress).hasSize(2);
    assertThat(egress.at("/0/to/0/podSelector/matchLabels/app.kubernetes.io~1instance").asText())
        .as("its own nodes alone")
        .isEqualTo("r");

    Path keys = home.resolve("nodes");
    Process made =
        new ProcessBuilder(
                ROOT.resolve("deploy/cluster/certificates.sh").toString(),
                keys.toString(),
                "r-cipherstream-0")
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    Path tenants = home.resolve("tenants.json");
    Files.writeString(tenants, "{\"tenants\": []}");
    String config =
        documents
            .get("ConfigMap r-cipherstream")
            .at("/data/appliance.yaml")
            .asText()
            .replace("/etc/cipherstream-cluster/node", keys.resolve("r-cipherstream-0").toString())
            .replace("/etc/cipherstream-cluster", keys.toString())
            .replace("/etc/cipherstream-tenants/tenants.json", tenants.toString())
            .replace("port: 7443", "port: " + freePort());
    try (Programs.Served served = served(config, "cluster.node=r-cipherstream-0")) {
      assertThat(served.state().ready()).as("it has begun the cluster").isTrue();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  @Test
  void forKServeItHasARuntimeWhosePodsAreGateways() throws Exception {
    JsonNode runtime =
        documents(
                "{'kserve': {'enabled': true, 'image': {'tag': '9'},"
                    + " 'apiKeySecret': {'name': 'tenant', 'key': 'api-key'},"
                    + " 'tokenSecret': {'name': 'callers', 'key': 'token'}},"
                    + " 'tls': {'secretName': 'certificate'}}")
            .get("ServingRuntime r-cipherstream-gateway");
    JsonNode container = runtime.at("/spec/containers/0");
    assertThat(container.path("name").asText()).isEqualTo("kserve-container");
    assertThat(container.path("image").asText()).isEqualTo("cipherstream-gateway:9");
    assertThat(runtime.at("/spec/protocolVersions/0").asText()).isEqualTo("v2");
    List<String> words = stream(container.path("args")).map(JsonNode::asText).toList();
    assertThat(words)
        .contains("--url=https://r-cipherstream.n.svc:8443", "--model={{.Name}}")
        .startsWith("gateway");
    Programs.Finished understood =
        new Programs(home)
            .run(Stream.concat(words.stream(), Stream.of("--help")).toArray(String[]::new));
    assertThat(understood.exitCode()).as(understood.err()).isZero();
    String made = Files.readString(ROOT.resolve("deploy/image/build.sh"));
    assertThat(made)
        .containsPattern(
            "make_image cipherstream-gateway .* [0-9,]*"
                + container.at("/ports/0/containerPort").asText());
  }

  @Test
  void valuesThatMeanNothingOrCannotWorkAreRefused() throws Exception {
    Map<String, String> bad = new LinkedHashMap<>();
    bad.put("{'kserve': {'enabled': true}}", "secretName");
    bad.put("{'config': {'otlpEndpoint': 'http://collector:4318'}}", "networkPolicy.receivers");
    bad.put("{'replicas': 0}", "replicas");
    bad.put("{'replicas': 2, 'cluster': {'enabled': true, 'secretName': 'a'}}", "secretName");
    bad.put(
        "{'cluster': {'enabled': true, 'secretName': 'a'}, 'tenants': {'secretName': 'a'}}",
        "replicas");
    bad.put("{'repicas': 2}", "repicas");
    bad.put("{'resources': {'limits': null}}", "limits");
    bad.put("{'serviceMonitor': {'enabled': true}}", "apiKeySecret");
    bad.put("{'config': {'dataDirectory': '/elsewhere'}}", "dataDirectory");
    bad.put("{'persistence': {'size': 'much'}}", "size");
    Iterator<JsonNode> results = charts(bad.keySet()).iterator();
    bad.forEach(
        (values, word) ->
            assertThat(results.next().path("refused").asText()).as(values).contains(word));
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
