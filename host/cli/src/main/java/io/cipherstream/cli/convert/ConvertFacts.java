package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.Units;
import io.cipherstream.cli.base.Version;
import io.cipherstream.workflow.train.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The description of machine and command in a report. */
final class ConvertFacts {

  private ConvertFacts() {}

  /** Every option of a command and its value, defaults included. */
  static Map<String, String> options(CommandSpec spec) {
    Map<String, String> out = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        Object value = option.getValue();
        out.put(option.longestName(), value == null ? "" : value.toString());
      }
    }
    return out;
  }

  static Map<String, String> host(int threads, Precision precision) {
    Map<String, String> out = new LinkedHashMap<>();
    out.put("processor", processor());
    out.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    out.put("training threads", Integer.toString(threads));
    out.put("precision of products in training", precision.resolved().text());
    out.put("memory", Units.bytes(memoryBytes()));
    out.put(
        "system", System.getProperty("os.name", "") + " " + System.getProperty("os.version", ""));
    out.put("Java", System.getProperty("java.version", ""));
    out.put("Cipherstream", Version.text());
    return out;
  }

  private static long memoryBytes() {
    return ((com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
