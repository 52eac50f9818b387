package io.cipherstream.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/**
 * {@code serve}: runs the appliance. The launcher script replaces itself by the appliance and never
 * gets here except for help; called otherwise, this command starts it as a child process.
 */
@Command(
    name = "serve",
    description = "Run the appliance until it is stopped (Ctrl-C, or the stop command).",
    footer = {
      "%nStarted bare it listens on https://127.0.0.1:8443 with a certificate of its own and"
          + " serves the models of 'model list'. Standard output has one JSON line when it listens"
          + " and one when its models are warm; logs go to standard error."
    })
final class ServeCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on.")
  private String host = "";

  @Option(names = "--port", paramLabel = "PORT", description = "Port; 0 takes a free one.")
  private String port = "";

  @Option(names = "--data-dir", paramLabel = "DIR", description = "Folder for keys and state.")
  private String dataFolder = "";

  @Option(names = "--models-dir", paramLabel = "DIR", description = "Folder of model packages.")
  private List<String> modelFolders = List.of();

  @Option(names = "--model", paramLabel = "M", description = "Serve only this model.")
  private List<String> models = List.of();

  @Option(names = "--plain-http", description = "No TLS; accepted on a loopback address only.")
  private boolean plainHttp;

  @Option(names = "--generate-api-key", description = "Make an API key in the data folder.")
  private boolean generateApiKey;

  @Option(names = "--api-key-file", paramLabel = "FILE", description = "File with the API key.")
  private String apiKeyFile = "";

  @Unmatched private List<String> more = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> arguments = new java.util.ArrayList<>();
    add(arguments, "--host", host);
    add(arguments, "--port", port);
    add(arguments, "--data-dir", dataFolder);
    modelFolders.forEach(folder -> add(arguments, "--models-dir", folder));
    models.forEach(model -> add(arguments, "--model", model));
    add(arguments, "--api-key-file", apiKeyFile);
    if (plainHttp) {
      arguments.add("--plain-http");
    }
    if (generateApiKey) {
      arguments.add("--generate-api-key");
    }
    arguments.addAll(more);
    Process process = ServerProcess.builder(arguments).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-appliance"));
    return process.waitFor();
  }

  private static void add(List<String> arguments, String name, String value) {
    if (!value.isEmpty()) {
      arguments.add(name);
      arguments.add(value);
    }
  }
}
