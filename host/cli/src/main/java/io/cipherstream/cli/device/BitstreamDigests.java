package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.opencl.image.DeviceImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Digests of the hardware that the sources elaborate to.
 *
 * @param rtl of the kernel
 * @param board of the board's whole design, for boards whose design is in these sources
 */
record BitstreamDigests(String rtl, @Nullable String board) {

  /**
   * Elaborates, which takes about ten seconds.
   *
   * @throws CliException if the module fpga is not built, or elaboration fails
   */
  static BitstreamDigests elaborate(BitstreamConfiguration c) {
    run(c, "io.cipherstream.fpga.Elaborate", c.rtl(""));
    String rtl = digest(c.elaboration(), "rtlDigest");
    if (!c.board().equals(BitstreamConfiguration.OPEN_FLOW)) {
      return new BitstreamDigests(rtl, null);
    }
    Path design = c.rtl(".board");
    run(c, "io.cipherstream.fpga.board.ElaborateBoard", design);
    return new BitstreamDigests(rtl, digest(design.resolve("board.json"), "boardDigest"));
  }

  /**
   * What a file that records the hardware it was made from says otherwise; empty if nothing.
   *
   * @param file a manifest, or an estimate, which is of the kernel alone
   */
  List<String> differences(Path file) {
    JsonNode recorded = BitstreamConfiguration.json(file);
    if (recorded == null) {
      return List.of(file + " is gone");
    }
    List<String> found = new ArrayList<>();
    compare(file, "rtlDigest", recorded, rtl, found);
    if (board != null && file.endsWith(DeviceImage.MANIFEST)) {
      compare(file, "boardDigest", recorded, board, found);
    }
    return found;
  }

  private static void compare(
      Path file, String member, JsonNode recorded, String expected, List<String> found) {
    String digest = recorded.path(member).asText("");
    if (!digest.equals(expected)) {
      found.add(
          file
              + ": "
              + member
              + " is "
              + (digest.isEmpty() ? "missing" : digest)
              + ", these sources elaborate to "
              + expected
              + ": stale; build it again");
    }
  }

  private static void run(BitstreamConfiguration c, String main, Path out) {
    Path fpga = c.root().resolve("fpga").resolve("target");
    Path classPath = fpga.resolve("runtime.classpath");
    if (!Files.isRegularFile(classPath)) {
      throw new CliException(
          ExitCodes.FAILURE,
          "the module fpga is not built; run: mvn -pl fpga -am package -Dmaven.test.skip=true");
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx4g",
                main,
                "--configuration",
                c.file().toString(),
                "--out",
                out.toString()));
    builder.redirectErrorStream(true);
    try {
      builder
          .environment()
          .put("CLASSPATH", fpga.resolve("classes") + ":" + Files.readString(classPath).strip());
      Process process = builder.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new CliException(ExitCodes.FAILURE, "elaborating " + c.name() + " failed: " + said);
      }
    } catch (IOException e) {
      throw new CliException(ExitCodes.FAILURE, "elaboration cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCodes.FAILURE, "interrupted while elaborating " + c.name(), e);
    }
  }

  private static String digest(Path file, String member) {
    JsonNode json = BitstreamConfiguration.json(file);
    if (json == null || !json.path(member).isTextual()) {
      throw new CliException(ExitCodes.FAILURE, file + " has no " + member);
    }
    return json.path(member).asText();
  }
}
