package io.cipherstream.cli.base;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model, in which mode. */
public final class ModelOptions {

  /** The model that comes with the program. */
  public static final String DEFAULT_MODEL = "sst2-tiny";

  @Option(
      names = "--model",
      paramLabel = "M",
      description = "Model name (see 'model list'); default: ${DEFAULT-VALUE}.",
      defaultValue = DEFAULT_MODEL)
  private String model = DEFAULT_MODEL;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "assisted: the client computes softmax, GELU and LayerNorm exactly; paper: THE-X as"
              + " published; compact: THE-X with an exact reciprocal. Default: the model's first.")
  private @Nullable String mode;

  public String model() {
    return model;
  }

  public Optional<String> mode() {
    return Optional.ofNullable(mode).map(word -> word.toLowerCase(Locale.ROOT));
  }
}
