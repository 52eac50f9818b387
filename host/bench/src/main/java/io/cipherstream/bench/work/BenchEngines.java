package io.cipherstream.bench.work;

import io.cipherstream.bench.report.EngineInfo;
import io.cipherstream.opencl.OpenClPlatforms;
import io.cipherstream.ring.EngineException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The engines that can be measured, and which of them are on this machine. */
public final class BenchEngines {

  /** SEAL as its authors publish it; what every other engine's words are compared with. */
  public static final String PLAIN_SEAL = "plain-seal";

  /** SEAL with Intel HEXL: the fair baseline. */
  public static final String SEAL_HEXL = "seal-hexl";

  /**
   * The appliance's reference and fallback: SEAL's arithmetic behind the evaluator's operations.
   */
  public static final String SEAL = "seal";

  /** Limb programs on SEAL's routines, with this project's kernels. */
  public static final String SEAL_LIMB = "seal-limb";

  /** Limb programs on SEAL's routines alone. */
  public static final String SEAL_LIMB_PORTABLE = "seal-limb-portable";

  /** The interpreter. */
  public static final String JAVA = "java";

  /** Every OpenCL device; one of them is {@code opencl:platform/device}. */
  public static final String OPENCL = "opencl";

  private BenchEngines() {}

  /**
   * Every engine, present or not.
   *
   * @param hexlMissing why there is no library with HEXL; null if there is
   */
  public static List<EngineInfo> all(@Nullable String hexlMissing) {
    List<EngineInfo> engines = new ArrayList<>();
    engines.add(present(PLAIN_SEAL, "Microsoft SEAL as published, portable C++", true, true));
    engines.add(
        new EngineInfo(
            SEAL_HEXL,
            "Microsoft SEAL with Intel HEXL (AVX-512): the fair baseline",
            true,
            true,
            true,
            hexlMissing));
    engines.add(
        present(
            SEAL,
            "Microsoft SEAL's arithmetic as the appliance's engine seal uses it",
            false,
            true));
    engines.add(present(SEAL_LIMB_PORTABLE, "limb programs on SEAL's own routines", false, true));
    engines.add(
        present(
            SEAL_LIMB,
            "limb programs with this project's AVX-512 IFMA or AVX2 kernels, where the processor has them",
            true,
            true));
    engines.add(present(JAVA, "limb programs, interpreter in plain Java", true, true));
    engines.addAll(openClDevices());
    return engines;
  }

  private static List<EngineInfo> openClDevices() {
    try {
      List<EngineInfo> found =
          OpenClPlatforms.list().stream()
              .map(
                  device -> {
                    EngineInfo engine =
                        present(
                            device.selector(),
                            "limb programs on OpenCL: "
                                + device.name()
                                + ", "
                                + device.platformName()
                                + " "
                                + device.driver(),
                            true,
                            true);
                    return device.usable() ? engine : engine.leftOut(device.obstacle());
                  })
              .toList();
      return found.isEmpty() ? List.of(noOpenCl("no OpenCL platform has a device here")) : found;
    } catch (EngineException e) {
      return List.of(noOpenCl(String.valueOf(e.getMessage())));
    }
  }

  private static EngineInfo noOpenCl(String why) {
    return present(OPENCL, "limb programs on OpenCL", true, true).leftOut(why);
  }

  private static EngineInfo present(
      String id, String description, boolean instructions, boolean operations) {
    return new EngineInfo(id, description, false, instructions, operations, null);
  }
}
