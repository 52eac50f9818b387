package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
          + " 'pullSecrets': ['pull']}, 'config': {'limits': {'connectionsMax': 10}},"
          + " 'tls': {'secretName': 'certificate'}, 'tenants': {'secretName': 'tenants'},"
          + " 'models': {'claimName': 'packages'}, 'javaOptions': '-Xmx1g',"
          + " 'persistence': {'storageClass': 'fast'},"
          + " 'service': {'type': 'LoadBalancer', 'annotations': {'a': 'b'}},"
          + " 'networkPolicy': {'clients': [{'podSelector': {}}],"
          + " 'probes': [{'namespaceSelector': {}}]},"
          + " 'serviceMonitor': {'enabled': true, 'labels': {'release': 'prometheus'},"
          + " 'apiKeySecret': {'name': 'scrape', 'key': 'api-key'},"
          + " 'caSecret': {'name': 'ca', 'key': 'ca.crt'}},"
          + " 'nodeSelector': {'a': 'b'}, 'tolerations': [{'operator': 'Exists'}],"
          + " 'affinity': {'nodeAffinity': {}}, 'podAnnotations': {'a': 'b'}}";

  @TempDir private Path home;

  private static JsonNode chart(String values) throws Exception {
    Process process =
        new ProcessBuilder(
                ROOT.resolve("target/setup/clients/bin/python").toString(),
                Path.of("src/test/resources/rack/chart.py").toAbsolutePath().toString(),
                ROOT.resolve("deploy/helm/cipherstream").toString(),
                values.replace('\'', '"'))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    JsonNode result = Json.MAPPER.readTree(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).isZero();
    return result;
  }

  /** The documents of a chart without faults, by kind and name. */
  private static Map<String, JsonNode> documents(String values) throws Exception {
    JsonNode result = chart(values);
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
  private Programs.Served served(String config) throws IOException, InterruptedException {
    Path file = Files.writeString(home.resolve("appliance.yaml"), config);
    return new Programs(home)
        .serve(
            "--config",
            file.toString(),
            "--model",
            "intervals",
            "--set",
            "compute.warmUp=false",
            "--set",
            "bind.healthPort=0",
            "--set",
            "bind.adminPort=0");
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
    for (JsonNode port : pod.at("/containers/0/ports")) {
      assertThat(image).contains("<port>" + port.path("containerPort").asText() + "</port>");
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
    assertThat(documents.get("NetworkPolicy r-cipherstream").at("/spec/ingress/0/from")).hasSize(1);
  }

  @Test
  void valuesThatMeanNothingOrCannotWorkAreRefused() throws Exception {
    ObjectNode bad = Json.object();
    bad.put("{'replicas': 0}", "replicas");
    bad.put("{'repicas': 2}", "repicas");
    bad.put("{'resources': {'limits': null}}", "limits");
    bad.put("{'serviceMonitor': {'enabled': true}}", "apiKeySecret");
    bad.put("{'config': {'dataDirectory': '/elsewhere'}}", "dataDirectory");
    bad.put("{'persistence': {'size': 'much'}}", "size");
    for (Map.Entry<String, JsonNode> each : bad.properties()) {
      assertThat(chart(each.getKey()).path("refused").asText())
          .as(each.getKey())
          .contains(each.getValue().asText());
    }
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
