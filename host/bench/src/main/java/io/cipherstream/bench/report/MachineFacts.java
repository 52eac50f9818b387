package io.cipherstream.bench.report;

import com.sun.management.OperatingSystemMXBean;
import io.cipherstream.report.PageCell;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where it was measured.
 *
 * @param cpu the processor's model name
 * @param processors processors that Java may use
 * @param features vector instruction sets that matter here
 * @param memoryBytes physical memory
 * @param os system, release and architecture
 * @param java version and vendor of the Java that measured
 * @param governor frequency governor of processor 0; null if the system does not tell
 */
public record MachineFacts(
    String cpu,
    int processors,
    List<String> features,
    long memoryBytes,
    String os,
    String java,
    @Nullable String governor) {

  private static final List<String> FEATURES = List.of("avx2", "avx512f", "avx512dq", "avx512ifma");
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path GOVERNOR =
      Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");

  public MachineFacts {
    features = List.copyOf(features);
  }

  /** This machine. */
  public static MachineFacts here() {
    List<String> cpu = lines(CPU);
    List<String> flags = List.of(field(cpu, "flags").split(" ", -1));
    String model = field(cpu, "model name");
    List<String> governor = lines(GOVERNOR);
    return new MachineFacts(
        model.isEmpty() ? System.getProperty("os.arch", "unknown") : model,
        Runtime.getRuntime().availableProcessors(),
        FEATURES.stream().filter(flags::contains).toList(),
        system().getTotalMemorySize(),
        property("os.name") + " " + property("os.version") + " " + property("os.arch"),
        property("java.version") + " (" + property("java.vendor") + ")",
        governor.isEmpty() ? null : governor.get(0).strip());
  }

  /** What decides how fast it is, as rows of a page. */
  public List<List<PageCell>> facts() {
    return List.of(
        PageCell.row(
            "processor", cpu + ", " + processors + " to use; " + String.join(" ", features)),
        PageCell.row("system", os),
        PageCell.row("Java", java));
  }

  /** Mean number of runnable processes of the last minute; negative if the system does not tell. */
  public static double load() {
    return system().getSystemLoadAverage();
  }

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // Not every system has it.
    }
  }

  private static String field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("");
  }
}
