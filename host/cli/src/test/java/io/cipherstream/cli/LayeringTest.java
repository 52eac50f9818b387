package io.cipherstream.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The order of the modules, as the architecture states it, held against the compiled classes. */
@Tag("slow")
class LayeringTest {

  private static final String ROOT = "io.cipherstream.";

  /** Each module and those it may use; the two halves of SEAL never meet. */
  private static final Map<String, List<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("files", List.of()),
          Map.entry("report", List.of()),
          Map.entry("trace", List.of()),
          Map.entry("ring", List.of()),
          Map.entry("core", List.of("ring")),
          Map.entry("ckks", List.of("ring")),
          Map.entry("opencl", List.of("files", "ring", "core")),
          Map.entry("seal", List.of("ring", "ckks")),
          Map.entry("seal.client", List.of("ring", "ckks")),
          Map.entry("engine", List.of("ring", "ckks", "seal", "opencl")),
          Map.entry("wire", List.of("ring", "ckks")),
          Map.entry("model", List.of("files", "polynomial")),
          Map.entry("workflow", List.of("files", "report", "polynomial", "model")),
          Map.entry("intervals", List.of("ring", "ckks")),
          Map.entry("polynomial", List.of("ring", "ckks")),
          Map.entry("network", List.of("ring", "ckks", "polynomial", "model")),
          Map.entry("transformer", List.of("ring", "ckks", "polynomial", "model")),
          Map.entry(
              "client",
              List.of(
                  "files",
                  "trace",
                  "ring",
                  "ckks",
                  "wire",
                  "model",
                  "intervals",
                  "network",
                  "transformer",
                  "seal.client")),
          Map.entry("gateway", List.of("trace", "model", "client")),
          Map.entry(
              "server",
              List.of(
                  "files",
                  "trace",
                  "ring",
                  "ckks",
                  "wire",
                  "model",
                  "intervals",
                  "network",
                  "transformer",
                  "seal",
                  "engine")),
          Map.entry(
              "bench",
              List.of(
                  "files",
                  "report",
                  "ring",
                  "core",
                  "ckks",
                  "intervals",
                  "network",
                  "seal",
                  "opencl",
                  "engine")),
          Map.entry(
              "cli",
              List.of(
                  "files",
                  "report",
                  "trace",
                  "ring",
                  "core",
                  "ckks",
                  "model",
                  "workflow",
                  "intervals",
                  "polynomial",
                  "network",
                  "transformer",
                  "client",
                  "gateway",
                  "seal",
                  "seal.client",
                  "engine",
                  "opencl",
                  "bench")));

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.cipherstream");
  }

  @Test
  void everyModuleIsSeen() {
    for (String module : ALLOWED.keySet()) {
      assertThat(classes.containPackage(ROOT + module)).as(module).isTrue();
    }
  }

  @Test
  void aModuleUsesOnlyThoseAboveIt() {
    ALLOWED.forEach((module, allowed) -> onlyUses(module, allowed).check(classes));
  }

  @Test
  void aBrokenLayerWouldBeFound() {
    List<String> tooFew = List.of("ring");
    assertThatThrownBy(() -> onlyUses("transformer", tooFew).check(classes))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.cipherstream.model");
  }

  @Test
  void onlyServerAndGatewayKnowVertx() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.cipherstream.server..", "io.cipherstream.gateway..")
        .and()
        .doNotHaveFullyQualifiedName("io.cipherstream.trace.RequestTracing") // theirs alone
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..")
        .check(classes);
  }

  @Test
  void onlyTrainingKnowsPyTorch() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.cipherstream.workflow.train..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco.pytorch..", "org.bytedeco.openblas..")
        .check(classes);
  }

  @Test
  void onlyClientAndCommandLineTouchSecretKeys() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.cipherstream.seal.client..", "io.cipherstream.client..", "io.cipherstream.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.cipherstream.seal.client..")
        .check(classes);
  }

  /** Below these modules memory is not pooled by Netty, or belongs to an engine's own pool. */
  @Test
  void onlyTheOwnerOfABufferCountsItsReferences() {
    referencesAreCountedOutsideOf("OwnedBuffer").check(classes);
    assertThatThrownBy(() -> referencesAreCountedOutsideOf("NoClassAtAll").check(classes))
        .as("the owner itself, which the rule would find")
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("OwnedBuffer");
  }

  private static ArchRule referencesAreCountedOutsideOf(String owner) {
    return noClasses()
        .that()
        .resideInAnyPackage(
            "io.cipherstream.wire..", "io.cipherstream.server..", "io.cipherstream.client..")
        .and()
        .doNotHaveSimpleName(owner)
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "counts references of a buffer",
                call ->
                    call.getTargetOwner().getPackageName().startsWith("io.netty.")
                        && call.getName()
                            .matches("release|safeRelease|refCnt|retain.*|readRetain.*")));
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("io.cipherstream.(**)").should().beFreeOfCycles().check(classes);
  }

  private static ArchRule onlyUses(String module, List<String> allowed) {
    List<String> packages = new ArrayList<>();
    packages.addAll(packagesOf(module));
    allowed.forEach(other -> packages.addAll(packagesOf(other)));
    return classes()
        .that(resideInAnyPackage(packagesOf(module).toArray(String[]::new)))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(packages.toArray(String[]::new))
                .or(DescribedPredicate.not(resideInAnyPackage("io.cipherstream.."))));
  }

  /** {@code seal} is not {@code seal.client}, though its package lies above it. */
  private static List<String> packagesOf(String module) {
    return module.equals("seal")
        ? List.of(ROOT + "seal", ROOT + "seal.jni..")
        : List.of(ROOT + module + "..");
  }
}
