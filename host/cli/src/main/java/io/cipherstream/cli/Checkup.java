package io.cipherstream.cli;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.cli.appliance.ApplianceState;
import io.cipherstream.cli.base.Home;
import io.cipherstream.cli.base.Memory;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Units;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.Trust;
import io.cipherstream.engine.DeviceImages;
import io.cipherstream.engine.EngineChoice;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.model.ModelException;
import io.cipherstream.network.NetworkPackage;
import io.cipherstream.opencl.OpenClDevice;
import io.cipherstream.opencl.OpenClPlatforms;
import io.cipherstream.ring.EngineException;
import io.cipherstream.seal.SealInfo;
import io.cipherstream.seal.client.SealClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The checks that {@code doctor} runs. None of them leaves a change behind. */
final class Checkup {

  /** Memory below which MiniLM may not fit beside the client, in bytes. */
  static final long MEMORY_BYTES_ADVISED = 4L << 30;

  private static final int JAVA_VERSION_MIN = 17;

  private Checkup() {}

  /** Outcome of a check. */
  enum Verdict {
    OK("ok"),
    WARNING("warning"),
    FAULT("FAULT");

    private final String word;

    Verdict(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** One check, its outcome and a remedy. */
  record Finding(String check, Verdict verdict, String detail) {
    static Finding ok(String check, String detail) {
      return new Finding(check, Verdict.OK, detail);
    }

    static Finding warning(String check, String detail) {
      return new Finding(check, Verdict.WARNING, detail);
    }

    static Finding fault(String check, String detail) {
      return new Finding(check, Verdict.FAULT, detail);
    }
  }

  static List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.add(guarded("client library", Checkup::clientLibrary));
    findings.add(guarded("SEAL", Checkup::seal));
    findings.add(guarded("parameter sets", Checkup::parameterSets));
    findings.add(guarded("processor", Checkup::processor));
    findings.add(guarded("OpenCL", Checkup::openCl));
    findings.add(guarded("engine auto", Checkup::automaticEngine));
    findings.add(guarded("device images", Checkup::images));
    findings.add(memory());
    findings.add(folder("data folder", Home.folder()));
    findings.add(models());
    findings.add(appliance());
    return findings;
  }

  private static Finding guarded(String check, Supplier<Finding> body) {
    try {
      return body.get();
    } catch (RuntimeException | LinkageError e) {
      return Finding.fault(check, e + "; build again with ./cipherstream setup");
    }
  }

  private static Finding java() {
    int feature = Runtime.version().feature();
    String detail =
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")";
    return feature >= JAVA_VERSION_MIN
        ? Finding.ok("Java", detail)
        : Finding.fault("Java", detail + ": expected " + JAVA_VERSION_MIN + " or newer");
  }

  private static Finding clientLibrary() {
    CkksParameters parameters = CkksParameters.N8192;
    double scale = Math.pow(2, 30);
    try (SealClient key = SealClient.generate(parameters)) {
      double[] slots = {1, -2.5};
      var fresh = key.encryptPublic(slots, 1, scale);
      double[] back = key.decrypt(fresh.words(), fresh.size(), 1, scale);
      double error = Math.max(Math.abs(back[0] - slots[0]), Math.abs(back[1] - slots[1]));
      return error < 1e-3
          ? Finding.ok("client library", "key, encryption and decryption work")
          : Finding.fault("client library", "decryption is off by " + error);
    }
  }

  private static Finding seal() {
    Optional<String> warning = SealInfo.warning();
    return warning
        .map(text -> Finding.warning("SEAL", text))
        .orElseGet(() -> Finding.ok("SEAL", SealInfo.version()));
  }

  /** Modulus bits of each set beside the most that give 128-bit security. */
  private static Finding parameterSets() {
    return Finding.ok(
        "parameter sets",
        CkksParameters.ALL_SETS.stream()
            .map(set -> set + " " + set.bits() + " bits, " + set.security())
            .collect(Collectors.joining("; ")));
  }

  private static Finding openCl() {
    try {
      List<OpenClDevice> devices = OpenClPlatforms.list();
      return devices.isEmpty()
          ? Finding.warning("OpenCL", "no device; only --engine opencl needs one")
          : Finding.ok(
              "OpenCL",
              devices.stream()
                  .map(d -> d + (d.usable() ? "" : " not usable: " + d.obstacle()))
                  .collect(Collectors.joining("; ")));
    } catch (EngineException e) {
      return Finding.warning("OpenCL", e.getMessage() + "; only --engine opencl needs it");
    }
  }

  private static Finding images() {
    List<DeviceImages.Found> images = DeviceImages.list();
    List<String> bad =
        images.stream().filter(i -> !i.usable()).map(DeviceImages.Found::problem).toList();
    if (!bad.isEmpty()) {
      return Finding.warning("device images", String.join("; ", bad));
    }
    return Finding.ok(
        "device images",
        images.isEmpty()
            ? "none built; only --engine sim and cards need one"
            : images.stream().map(i -> i.board() + "/" + i.name()).toList().toString());
  }

  private static Finding automaticEngine() {
    EngineChoice choice = Engines.choose(EngineSpec.parse("auto"));
    return Finding.ok("engine auto", choice.spec() + ": " + choice.reason());
  }

  private static Finding processor() {
    int count = Runtime.getRuntime().availableProcessors();
    String detail =
        String.format(
            "%d processors, %s, %s kernels",
            count, System.getProperty("os.arch"), SealInfo.kernels());
    return count >= 2
        ? Finding.ok("processor", detail)
        : Finding.warning("processor", detail + "; two or more are recommended");
  }

  private static Finding memory() {
    Optional<Long> available = Memory.availableBytes();
    if (available.isEmpty()) {
      return Finding.warning("memory", "the system does not report the free memory");
    }
    String detail = Units.bytes(available.get()) + " available";
    return available.get() >= MEMORY_BYTES_ADVISED
        ? Finding.ok("memory", detail)
        : Finding.warning(
            "memory", detail + "; " + Units.bytes(MEMORY_BYTES_ADVISED) + " are recommended");
  }

  private static Finding folder(String check, Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "doctor", ".tmp"));
      return Finding.ok(check, folder + " is writable");
    } catch (IOException e) {
      return Finding.fault(check, folder + " is not writable (" + e + "); set CIPHERSTREAM_HOME");
    }
  }

  private static Finding models() {
    try {
      var names = Models.repository().names();
      for (String name : Models.repository().names()) {
        Models.find(name);
      }
      for (String name : NetworkPackage.names(Models.folders())) {
        NetworkPackage.find(Models.folders(), name);
        names.add(name);
      }
      return names.isEmpty()
          ? Finding.warning("models", "none in " + Models.folders() + "; see 'model import'")
          : Finding.ok("models", names + ", digests checked");
    } catch (ModelException e) {
      return Finding.fault("models", String.valueOf(e.getMessage()));
    }
  }

  private static Finding appliance() {
    Optional<ApplianceState> state = ApplianceState.read(Home.server());
    if (state.isEmpty()) {
      return Finding.ok("appliance", "none runs with the data folder " + Home.server());
    }
    ClientOptions.Builder options = ClientOptions.builder(state.get().url(), Home.client());
    if (!state.get().certificateSha256().isEmpty()) {
      options.trust(Trust.fingerprint(state.get().certificateSha256()));
    }
    ApplianceState.apiKey(Home.server()).ifPresent(options::apiKey);
    try (CipherstreamClient client = CipherstreamClient.connect(options.build())) {
      String detail = state.get().url() + ", models " + client.models();
      return client.ready()
          ? Finding.ok("appliance", detail + ", ready")
          : Finding.warning("appliance", detail + ", not ready yet");
    } catch (ClientException e) {
      return Finding.fault("appliance", String.valueOf(e.getMessage()));
    }
  }
}
