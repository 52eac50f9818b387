package io.cipherstream.cli;

import io.cipherstream.cli.appliance.ServeCommand;
import io.cipherstream.cli.base.SimulationUser;
import io.cipherstream.engine.DeviceImages;
import io.cipherstream.engine.EngineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What a command needs before it starts, as its options say: simulated cards that the launcher
 * builds, and the library that leaves signals to the JVM beside an OpenCL driver. The launcher asks
 * this class, so that options and their defaults are defined once.
 *
 * @param simulations names of simulated configurations
 * @param openCl whether the process may load an OpenCL driver
 */
record LaunchNeeds(List<String> simulations, boolean openCl) {

  /** Environment variable that sets the engine of every appliance. */
  private static final String ENGINE = "CIPHERSTREAM_COMPUTE_ENGINE";

  LaunchNeeds {
    simulations = List.copyOf(simulations);
  }

  /** Prints {@code simulation NAME} and {@code opencl}, one per line. */
  public static void main(String[] arguments) {
    LaunchNeeds needs = of(System.getenv(), arguments);
    needs.simulations().forEach(name -> System.out.println("simulation " + name));
    if (needs.openCl()) {
      System.out.println("opencl");
    }
  }

  /** Needs of a command line; none if it asks for help or will be refused. */
  static LaunchNeeds of(Map<String, String> environment, String... arguments) {
    ParseResult parsed;
    try {
      parsed = Main.commandLine().parseArgs(arguments);
    } catch (ParameterException e) {
      return new LaunchNeeds(List.of(), false);
    }
    boolean help = parsed.isUsageHelpRequested();
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
      help |= parsed.isUsageHelpRequested();
    }
    Object command = parsed.commandSpec().userObject();
    if (help) {
      return new LaunchNeeds(List.of(), false);
    }
    if (command instanceof SimulationUser user) {
      return new LaunchNeeds(user.simulations(), true);
    }
    List<String> named =
        command instanceof ServeCommand serve ? serve.engines() : engines(parsed.commandSpec());
    if (named.isEmpty() && environment.containsKey(ENGINE)) {
      named = List.of(environment.get(ENGINE));
    }
    return of(named);
  }

  /** The value of a command's --engine, or its default. */
  private static List<String> engines(CommandSpec command) {
    OptionSpec option = command.findOption("--engine");
    Object value = option == null ? null : option.getValue();
    if (value instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    return value == null ? List.of() : List.of(value.toString());
  }

  private static LaunchNeeds of(List<String> engines) {
    List<String> simulations = new ArrayList<>();
    boolean openCl = false;
    for (String name : engines) {
      try {
        EngineSpec spec = EngineSpec.parse(name);
        openCl |= spec.kind() == EngineSpec.Kind.OPENCL;
        if (spec.kind() == EngineSpec.Kind.SIM) {
          simulations.add(
              spec.device().isEmpty() ? DeviceImages.SIMULATION_CONFIGURATION : spec.device());
        }
      } catch (IllegalArgumentException e) {
        // The command itself refuses the value, or gives it another meaning.
      }
    }
    return new LaunchNeeds(simulations, openCl);
  }
}
