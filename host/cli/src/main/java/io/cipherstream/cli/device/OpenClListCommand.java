package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Table;
import io.cipherstream.cli.base.Units;
import io.cipherstream.engine.DeviceImages;
import io.cipherstream.opencl.OpenClDevice;
import io.cipherstream.opencl.OpenClPlatforms;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code opencl list}. */
@Command(
    name = "list",
    description = "List the OpenCL devices of this machine and how to name them for --engine.")
final class OpenClListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<OpenClDevice> devices = OpenClPlatforms.list();
    if (common.json()) {
      devices.forEach(device -> Json.print(out, json(device)));
      return ExitCodes.OK;
    }
    if (devices.isEmpty()) {
      out.println("no OpenCL platform has a device here");
      return ExitCodes.OK;
    }
    Table table =
        new Table(
            "engine", "type", "units", "memory", "largest buffer", "fp64", "usable", "device");
    for (OpenClDevice device : devices) {
      table.row(
          device.selector(),
          device.type().name().toLowerCase(Locale.ROOT),
          device.computeUnits(),
          Units.bytes(device.memoryBytes()),
          Units.bytes(device.allocationBytesMax()),
          device.fp64() ? "yes" : "no",
          device.usable() ? "yes" : "no: " + device.obstacle(),
          device.name() + "; " + device.platformName() + ", driver " + device.driver());
    }
    table.print(out);
    List<DeviceImages.Found> images = DeviceImages.list();
    if (!images.isEmpty()) {
      out.println();
      Table built = new Table("device image", "board", "folder");
      images.forEach(
          i ->
              built.row(
                  i.name(),
                  i.board(),
                  i.usable() ? i.folder() : i.folder() + " not usable: " + i.problem()));
      built.print(out);
    }
    return ExitCodes.OK;
  }

  private static ObjectNode json(OpenClDevice device) {
    ObjectNode json = Json.object();
    json.put("engine", device.selector());
    json.put("platform", device.platformName());
    json.put("platformVersion", device.platformVersion());
    json.put("device", device.name());
    json.put("vendor", device.vendor());
    json.put("driver", device.driver());
    json.put("version", device.version());
    json.put("type", device.type().name().toLowerCase(Locale.ROOT));
    json.put("computeUnits", device.computeUnits());
    json.put("clockMhz", device.clockMhz());
    json.put("memoryBytes", device.memoryBytes());
    json.put("allocationBytesMax", device.allocationBytesMax());
    json.put("localBytes", device.localBytes());
    json.put("fp64", device.fp64());
    json.put("usable", device.usable());
    json.put("takesImages", device.takesImages());
    json.put("obstacle", device.obstacle());
    return json;
  }
}
