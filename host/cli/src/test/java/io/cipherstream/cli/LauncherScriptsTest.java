package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's parts, run by bash on a small tree of their own. */
class LauncherScriptsTest {

  @TempDir private Path root;
  @TempDir private Path m2;
  private final Path scripts = Path.of(System.getProperty("cipherstream.root"), "deploy", "setup");

  @BeforeEach
  void tree() throws IOException {
    write("pom.xml", "<project/>");
    write("host/a/src/main/java/A.java", "class A {}");
    write("host/a/src/test/java/ATest.java", "class ATest {}");
    write("host/a/target/A.class", "x");
  }

  @Test
  void theHashFollowsSourcesAndNothingElse() throws Exception {
    String before = hash();
    assertThat(hash()).isEqualTo(before).hasSize(64);
    write("host/a/target/A.class", "y");
    write("host/a/src/test/java/ATest.java", "class ATest { int i; }");
    assertThat(hash()).isEqualTo(before);
    write("host/a/src/main/java/A.java", "class A { int i; }");
    assertThat(hash()).isNotEqualTo(before);
  }

  @Test
  void builtMeansTheseSourcesAndEveryFileOfTheClassPaths() throws Exception {
    assertThat(bash("built && echo yes || echo no")).isEqualTo("no");
    Path jar = write("host/a/target/a.jar", "jar");
    write("target/setup/client.classpath", jar.toString());
    write("target/setup/convert.classpath", jar.toString());
    write("target/setup/server.classpath", jar.toString());
    write("target/setup/built", hash());
    assertThat(bash("built && echo yes || echo no")).isEqualTo("yes");
    Files.delete(jar);
    assertThat(bash("built && echo yes || echo no")).isEqualTo("no");
  }

  @Test
  void javaSaysWhatIsNeededAndIsAskedOnlyWhereItMatters() throws Exception {
    String script =
        ". \"$scripts/launch.sh\"; unset CIPHERSTREAM_COMPUTE_ENGINE;"
            + " client_java() { printf 'simulation a\\nsimulation b\\nopencl\\n'; };"
            + " needed() { launch_needs \"$@\"; echo \"$opencl ${simulations[*]}\"; }; ";
    assertThat(bash(script + "needed demo --engine sim")).isEqualTo("yes a b");
    assertThat(bash(script + "needed bench cycles")).isEqualTo("yes a b");
    assertThat(bash(script + "CIPHERSTREAM_COMPUTE_ENGINE=sim:x needed demo")).isEqualTo("yes a b");
    assertThat(bash(script + "needed demo --engine=sim:p4")).isEqualTo("yes a b");
    assertThat(bash(script + "needed serve --set compute.engine=opencl:pocl")).isEqualTo("yes a b");
    assertThat(bash(script + "needed demo --engine seal")).isEqualTo("no");
    assertThat(bash(script + "needed classify --text 'a simple film about opencl'"))
        .isEqualTo("no");
    assertThat(bash(script + "client_java() { false; }; (needed sim run) || echo failed"))
        .contains("Java could not say what this command needs")
        .endsWith("failed");
  }

  @Test
  void theStatisticsOfACycleBenchmarkHaveAFileOfTheirOwn() throws Exception {
    String script = "unset CIPHERSTREAM_SIM_STATS; . \"$scripts/sim.sh\"; ";
    String file = bash(script + "show_statistics; echo \"$$ $CIPHERSTREAM_SIM_STATS\"");
    String process = file.substring(0, file.indexOf(' '));
    assertThat(file).isEqualTo(process + " " + root + "/target/sim/cycles-" + process + ".jsonl");
    assertThat(bash("CIPHERSTREAM_SIM_STATS=mine; " + statistics())).isEqualTo("mine");
  }

  private static String statistics() {
    return ". \"$scripts/sim.sh\"; show_statistics; echo \"$CIPHERSTREAM_SIM_STATS\"";
  }

  @Test
  void onlyTheBenchmarkOfEnginesBuildsHexl() throws Exception {
    launcherTree();
    write("deploy/setup/hexl.sh", "build_hexl() { echo hexl; }\n");
    write(
        "deploy/setup/launch.sh",
        "launch_needs() { simulations=(); [ \"$*\" != 'bench cycles --quick' ]"
            + " || simulations=(a b); }; launch() { echo \"launched $*\"; }\n");
    write(
        "deploy/setup/sim.sh",
        "ensure_simulation() { echo \"$# $*\"; }; show_statistics() { echo statistics; }\n");
    assertThat(bash("bash \"$root/cipherstream\" bench cycles --quick").lines())
        .containsExactly("2 a b", "statistics", "launched bench cycles --quick");
    assertThat(bash("bash \"$root/cipherstream\" bench --quick").lines())
        .containsExactly("hexl", "launched bench --quick");
    assertThat(bash("bash \"$root/cipherstream\" bench cycles --help"))
        .isEqualTo("launched bench cycles --help");
  }

  @Test
  void anUnknownSimulationIsRefusedBeforeAnythingIsBuilt() throws Exception {
    write("bitstreams/sim/sim-a/configuration.json", "{}");
    String script =
        ". \"$scripts/sim.sh\"; missing_packages() { echo asked; exit; }; (ensure_simulation ";
    assertThat(bash(script + "sim-b) 2>&1 || echo \"code $?\""))
        .isEqualTo(
            "cipherstream: no simulation 'sim-b'; there are: sim-golden and, each also with -debug,"
                + " sim-a\ncode 1");
    for (String known : new String[] {"sim-a", "sim-a-debug", "sim-golden"}) {
      assertThat(bash(script + known + ")")).isEqualTo("asked");
    }
  }

  @Test
  void theTestsNeedWhatSimulatedCardsNeed() throws Exception {
    String script = ". \"$scripts/packages.sh\"; . \"$scripts/sim.sh\"; ";
    assertThat(bash(script + "test_packages").lines())
        .containsAll(bash(script + "sim_packages").lines().toList())
        .doesNotHaveDuplicates()
        .allMatch(line -> line.split("\\|", -1).length >= 3);
  }

  @Test
  void aPackageThatIsThereIsNotInstalledAndAMissingOneIsNamedWithItsReason() throws Exception {
    String script =
        ". \"$scripts/packages.sh\"; install_packages() { echo \"install $*\"; };"
            + " required_packages() { echo 'there|true|x'; echo 'gone|false|needed for y'; };"
            + " ensure_packages 2>&1";
    assertThat(bash(script)).isEqualTo("cipherstream: missing: gone (needed for y)\ninstall gone");
  }

  @Test
  void aMachineWithoutAptIsToldThePackages() throws Exception {
    String script =
        ". \"$scripts/packages.sh\"; command() { [ \"$2\" != apt-get ]; };"
            + " (install_packages one two) 2>&1 || echo \"code $?\"";
    assertThat(bash(script)).contains("no apt-get").contains("one two").endsWith("code 1");
  }

  @Test
  void withoutNpmThePageIsLeftOutWithAWord() throws Exception {
    String script =
        ". \"$scripts/page.sh\"; command() { [ \"$2\" != npm ]; };"
            + " make_page 2>&1 || echo \"code $?\"";
    assertThat(bash(script)).contains("no npm here").endsWith("code 1");
  }

  @Test
  void aTestRunWithMavenArgumentsLeavesNoStamp() throws Exception {
    String script =
        ". \"$scripts/build.sh\"; . \"$scripts/test.sh\"; maven() { :; };"
            + " ensure_test_packages() { :; }; keep_checkers() { :; };"
            + " ensure_clients() { echo clients; }; make_page() { echo page; };"
            + " finish_build() { echo stamped; }; run_tests -pl host/a; run_tests";
    assertThat(bash(script).lines()).containsExactly("clients", "page", "stamped");
    String unprepared =
        script.replace("make_page() { echo page; }", "ensure_clients() { die no; }");
    assertThat(bash("(" + unprepared + ") 2>&1 || echo \"code $?\""))
        .endsWith("cipherstream: what the tests need is not there\ncode 1");
  }

  @Test
  void aModuleOrAClassIsTestedByItsNameAlone() throws Exception {
    write("host/a/pom.xml", "<project/>");
    write("host/a/src/test/java/org/b/SomeIT.java", "class SomeIT {}");
    write("host/a/src/test/java/org/b/Support.java", "class Support {}");
    write("fpga/pom.xml", "<project/>");
    write("fpga/src/test/scala/org/c/CoreSpec.scala", "class CoreSpec");
    write("sim/pom.xml", "<project/>");
    assertThat(tested("a")).contains(" -pl host/a ").contains("-Dtest=ATest,org/b/SomeIT ");
    assertThat(tested("SomeIT")).contains("-pl host/a ").contains("-Dtest=org/b/SomeIT ");
    assertThat(tested("CoreSpec")).contains("-pl fpga ").contains("-Dsuites=org.c.CoreSpec");
    assertThat(tested("a SomeIT CoreSpec").lines().toList())
        .singleElement()
        .satisfies(
            run ->
                assertThat(run)
                    .contains("-pl fpga,host/a ")
                    .contains("-Dtest=ATest,org/b/SomeIT,org/b/SomeIT ")
                    .contains("-Dsuites=org.c.CoreSpec"));
    assertThat(tested("sim")).doesNotContain("cpp.skip");
    assertThat(tested("a")).contains("cpp.skip");
  }

  @Test
  void everySuiteAndEveryClassOfANameIsTested() throws Exception {
    write("host/a/pom.xml", "<project/>");
    write("host/a/src/test/java/org/b/TwoIT.java", "class TwoIT {}");
    write("host/e/pom.xml", "<project/>");
    write("host/e/src/test/java/org/d/TwoIT.java", "class TwoIT {}");
    write("fpga/pom.xml", "<project/>");
    write("fpga/src/test/scala/org/c/CoreSpec.scala", "class CoreSpec");
    write("fpga/src/test/scala/org/c/NttSpec.scala", "class NttSpec");
    write("sim/pom.xml", "<project/>");
    assertThat(tested("CoreSpec NttSpec")).contains("-Dsuites=org.c.CoreSpec,org.c.NttSpec");
    assertThat(tested("TwoIT"))
        .contains("-pl host/a,host/e ")
        .contains("-Dtest=org/b/TwoIT,org/d/TwoIT ");
    assertThat(tested("fpga TwoIT")).doesNotContain("uites=");
  }

  @Test
  void anUnknownTestIsRefusedWithTheModules() throws Exception {
    write("host/a/pom.xml", "<project/>");
    write("fpga/pom.xml", "<project/>");
    write("sim/pom.xml", "<project/>");
    assertThat(tested("Nothing"))
        .contains("test Nothing: there is no module and no test class of that name")
        .contains("fpga a sim")
        .endsWith("code 1")
        .doesNotContain("-Dtest");
  }

  @Test
  void theSlowestTestClassesOfThisRunAreNamed() throws Exception {
    String script =
        ". \"$scripts/test.sh\"; mkdir -p \"$state\"; touch -d '1 hour ago'"
            + " \"$state/test-started\"; slowest_tests 2>&1";
    String suite = "<testsuite xmlns:x=\"y\" version=\"3\" name=\"%s\" time=\"%s\" tests=\"1\">";
    write("host/a/target/surefire-reports/TEST-A.xml", suite.formatted("org.A", "2.5"));
    write("sim/target/surefire-reports/TEST-B.xml", suite.formatted("org.B", "1,002.5"));
    write("fpga/target/scalatest-reports/TEST-C.xml", suite.formatted("org.C", "40"));
    Path old = write("host/a/target/surefire-reports/TEST-O.xml", suite.formatted("org.O", "9"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7200)));
    assertThat(bash(script).lines().skip(1).map(String::strip))
        .containsExactly("1002.5  org.B", "40.0  org.C", "2.5  org.A");
  }

  @Test
  void theSlowestOfManyTestClassesAreNamedWithoutFailing() throws Exception {
    StringBuilder suites = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      suites.append("<testsuite version=\"3\" name=\"org.T%d\" time=\"%d\">%n".formatted(i, i));
    }
    write("host/a/target/surefire-reports/TEST-A.xml", suites.toString());
    String script =
        "set -o pipefail; . \"$scripts/test.sh\"; mkdir -p \"$state\"; touch -d '1 hour ago'"
            + " \"$state/test-started\"; slowest_tests 2>&1; echo \"status $?\"";
    assertThat(bash(script).lines().map(String::strip))
        .hasSize(12)
        .contains("19999.0  org.T19999", "19990.0  org.T19990", "status 0");
  }

  /** What Maven is called with for {@code names}. */
  private String tested(String names) throws Exception {
    return bash(
        ". \"$scripts/build.sh\"; . \"$scripts/test.sh\"; maven() { echo \"$* \"; };"
            + " ensure_test_packages() { :; }; (run_tests "
            + names
            + ") 2>&1 || echo \"code $?\"");
  }

  /**
   * Java's checkers come to Maven by an agent, but never in other versions than the build names.
   */
  @Test
  void theCheckersAreKeptInTheVersionsOfTheBuild() throws Exception {
    write("pom.xml", "<errorprone.version>1</errorprone.version>\n<nullaway.version>2</>");
    String script =
        "unset MAVEN_OPTS; . \"$scripts/build.sh\"; pom_hash() { echo same; };"
            + " kept() { checkers_kept && echo kept || echo not; }; kept;"
            + " mvn() { printf '/m2/%060d.jar:/m2/b.jar' 1 >\"$state/checkers/classpath\"; };"
            + " keep_checkers; kept; mvn() { echo \"<$MAVEN_OPTS>\"; }; maven any;"
            + " tr -d '\\n ' <\"$state/checkers/manifest\";"
            + " sed -i s/1/3/ \"$root/pom.xml\"; echo; kept; maven any";
    assertThat(bash(script).lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("not"),
            line -> assertThat(line).isEqualTo("kept"),
            line -> assertThat(line).contains("-javaagent:").endsWith("/checkers/checkers.jar>"),
            line -> assertThat(line).contains("Premain-Class:Checkers", "1.jar/m2/b.jar"),
            line -> assertThat(line).isEqualTo("not"),
            line -> assertThat(line).isEqualTo("<>"));
  }

  @Test
  void aNewBuildLeavesNoNativeLibraryOfAnOlderOne() throws Exception {
    Path old = write("target/setup/native/cipherstream-seal.jar/a.so", "old");
    Path bought = write("target/setup/native/pytorch-2.jar/b.so", "435 MB");
    bash(
        ". \"$scripts/build.sh\"; write_class_paths() { :; }; write_class_archive() { :; };"
            + " finish_build hash");
    assertThat(old).doesNotExist();
    assertThat(bought).exists();
  }

  @Test
  void onlyConversionsHavePyTorchOnTheirClassPath() throws Exception {
    List<String> libraries = new ArrayList<>();
    for (String name :
        new String[] {
          "a.jar", "org/bytedeco/pytorch/2/pytorch-2.jar", "org/bytedeco/openblas/1/o.jar", "b.jar"
        }) {
      libraries.add(library(name).toString());
    }
    write("host/server/target/runtime.classpath", libraries.get(0));
    write("host/cli/target/runtime.classpath", String.join(":", libraries));
    Files.createDirectories(root.resolve("target/setup"));
    bash(". \"$scripts/build.sh\"; write_class_paths");
    Path own = root.resolve("host/cli/target/cipherstream-cli.jar");
    Path kept = root.resolve("target/setup/lib");
    assertThat(root.resolve("target/setup/client.classpath"))
        .hasContent(own + ":" + kept + "/a.jar:" + kept + "/b.jar");
    assertThat(root.resolve("target/setup/convert.classpath"))
        .content()
        .startsWith(own + ":" + kept + "/a.jar:" + kept + "/org/bytedeco/pytorch/2/pytorch-2.jar:")
        .endsWith(":" + kept + "/b.jar");
  }

  @Test
  void whatWasBuiltRunsWithoutTheBuildersRepository() throws Exception {
    write("host/cli/target/cipherstream-cli.jar", "own");
    write("host/server/target/cipherstream-server.jar", "own");
    Path library = library("a/b/b-1.jar");
    assertThat(library.toFile().setReadable(false, false)).isTrue();
    assertThat(library.toFile().setReadable(true, true)).isTrue();
    write("host/cli/target/runtime.classpath", library.toString());
    write("host/server/target/runtime.classpath", library.toString());
    Files.createDirectories(root.resolve("target/setup"));
    bash(". \"$scripts/build.sh\"; write_class_archive() { :; }; finish_build \"$(source_hash)\"");
    Files.delete(library);
    assertThat(bash("built && echo yes")).isEqualTo("yes");
    Path kept = root.resolve("target/setup/lib/a/b/b-1.jar");
    assertThat(kept).hasContent("jar");
    assertThat(Files.getPosixFilePermissions(kept)).contains(PosixFilePermission.OTHERS_READ);
  }

  @Test
  void whoCannotBuildTakesWhatIsBuiltOrIsToldWhoCan() throws Exception {
    Path jar = write("host/a/target/a.jar", "jar");
    for (String program : new String[] {"client", "convert", "server"}) {
      write("target/setup/" + program + ".classpath", jar.toString());
    }
    String other = "can_build() { false; }; build_tools() { echo others; }; ";
    bash("build_tools >\"$state/tools\"; printf %s \"$(source_hash)\" >\"$state/built\"");
    assertThat(bash(other + "built && native_folder"))
        .startsWith(root.resolve("home/native").toString())
        .isNotEqualTo(root.resolve("home/native/").toString());
    assertThat(bash("build_tools() { echo others; }; built || echo rebuild")).isEqualTo("rebuild");
    write("host/a/src/main/java/A.java", "class A { int changed; }");
    assertThat(bash(other + "built || (require_build changed) 2>&1 || echo \"code $?\"").lines())
        .hasSize(2)
        .element(0)
        .asString()
        .startsWith("cipherstream: changed, and ")
        .contains("cannot write to " + root + "/target")
        .contains("cipherstream setup");
  }

  @Test
  void aHeapThatTheUserAsksForWins() throws Exception {
    for (String options : new String[] {"client.jvm", "server.jvm"}) {
      String heap =
          "JDK_JAVA_OPTIONS=-Xmx64m java @\"$scripts/"
              + options
              + "\" -XX:+PrintFlagsFinal -version 2>/dev/null | grep ' MaxHeapSize '";
      assertThat(bash(heap)).as(options).contains(" = " + (64 << 20) + " ");
    }
  }

  @Test
  void withoutHomeTheSystemKnowsTheUsersHome() throws Exception {
    String script =
        "unset HOME XDG_DATA_HOME CIPHERSTREAM_HOME; . \"$scripts/common.sh\";"
            + " echo \"$CIPHERSTREAM_HOME\"";
    assertThat(bash(script)).startsWith("/").endsWith("/.local/share/cipherstream");
  }

  @Test
  void conversionsStartWithTheirOwnClassPathAndWithoutTheArchiveOfClasses() throws Exception {
    write("target/setup/client.classpath", "client");
    write("target/setup/convert.classpath", "convert");
    write("target/setup/client.jsa", "archive");
    Path fake = write("java", "#!/bin/sh\necho \"$CLASSPATH $1\"\n");
    assertThat(fake.toFile().setExecutable(true)).isTrue();
    String script = "java=$root/java; . \"$scripts/launch.sh\"; launch ";
    assertThat(bash(script + "doctor"))
        .isEqualTo("client -XX:SharedArchiveFile=" + root + "/target/setup/client.jsa");
    assertThat(bash(script + "convert miniature")).startsWith("convert @");
  }

  @Test
  void aConversionOfMinilmFetchesItsFiles() throws Exception {
    launcherTree();
    write("deploy/setup/models.sh", "fetch_minilm() { echo fetched; }\n");
    assertThat(bash("bash \"$root/cipherstream\" convert --from maven:minilm --task sst2").lines())
        .containsExactly("fetched", "launched convert --from maven:minilm --task sst2");
    assertThat(bash("bash \"$root/cipherstream\" convert miniature"))
        .isEqualTo("launched convert miniature");
  }

  @Test
  void mavenIsOfflineOnlyWhileTheFetchedLibrariesAreThere() throws Exception {
    Path library = write("repository/library.jar", "jar");
    write("tree/host/cli/target/runtime.classpath", library.toString());
    Files.createDirectories(root.resolve("target/setup"));
    String script =
        ". \"$scripts/build.sh\"; pom_hash() { echo h; };"
            + " mvn() { case \" $* \" in *\" -o \"*) echo offline ;; *) echo online ;; esac; };"
            + " root=$root/tree; mkdir -p \"$root\"; maven build; maven build; rm "
            + library
            + "; maven build";
    assertThat(bash(script).lines()).containsExactly("online", "offline", "online");
  }

  @Test
  void aJavaHomeWithoutJavaIsNamed() throws Exception {
    String script = "(JAVA_HOME=$root/nowhere; . \"$scripts/common.sh\") 2>&1 || echo \"code $?\"";
    assertThat(bash(script)).contains("JAVA_HOME is " + root + "/nowhere").endsWith("code 1");
  }

  @Test
  void theHashDoesNotNeedEveryTool() throws Exception {
    assertThat(bash("java=$root/nowhere; hash=$(source_hash); echo \"$hash\"")).hasSize(64);
  }

  @Test
  void withoutHexlTheBenchmarkIsToldWhyAndGoesOn() throws Exception {
    write("host/seal/build-jni.sh", "echo \"seal: 'cargo' is missing; install it\"; exit 1\n");
    String script =
        "java=$root/jdk/bin/java; . \"$scripts/hexl.sh\"; build_hexl 2>/dev/null;"
            + " printf '%s\\n' \"${hexl_options[@]}\"";
    assertThat(bash(script))
        .startsWith("-Dcipherstream.hexl.missing=it could not be built ('cargo' is missing;")
        .contains("./cipherstream setup --with-hexl");
    write("host/seal/build-jni.sh", "mkdir -p \"$5\"; echo 'seal: HEXL 1.2.3 in /x'\n");
    Path classes = root.resolve("target/setup/hexl/classes");
    assertThat(bash(script)).isEqualTo("-Dcipherstream.hexl.classes=" + classes);
    assertThat(classes.resolve("hexl.version")).hasContent("1.2.3");
  }

  @Test
  void helpOfTestAndSetupStartsNeither() throws Exception {
    launcherTree();
    for (String command : new String[] {"test", "setup"}) {
      assertThat(bash("bash \"$root/cipherstream\" " + command + " --help"))
          .isEqualTo("launched " + command + " --help");
    }
  }

  /** The launcher itself with parts that only say that they ran. */
  private void launcherTree() throws IOException {
    Files.createDirectories(root.resolve("deploy/setup"));
    Files.copy(
        scripts.resolve("../../cipherstream"),
        root.resolve("cipherstream"),
        StandardCopyOption.REPLACE_EXISTING);
    write("deploy/setup/common.sh", "built() { true; }\n");
    write("deploy/setup/packages.sh", "ensure_packages() { echo ran; }\n");
    write("deploy/setup/build.sh", "ensure_built() { echo ran; }\n");
    write("deploy/setup/test.sh", "run_tests() { echo ran; }\n");
    write("deploy/setup/models.sh", "ensure_minilm() { echo ran; }\n");
    write("deploy/setup/sim.sh", "");
    write("deploy/setup/clients.sh", "");
    write(
        "deploy/setup/launch.sh",
        "launch_needs() { simulations=(); }; launch() { echo \"launched $*\"; }\n");
  }

  private String hash() throws Exception {
    return bash("source_hash");
  }

  private String bash(String script) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash",
            "-euc",
            "root=" + root + "; scripts=" + scripts + "; . \"$scripts/common.sh\"; " + script);
    builder.environment().put("CIPHERSTREAM_HOME", root.resolve("home").toString());
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.strip();
  }

  /** A file of a local Maven repository. */
  private Path library(String name) throws IOException {
    Path file = m2.resolve("repository").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "jar");
  }

  private Path write(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
