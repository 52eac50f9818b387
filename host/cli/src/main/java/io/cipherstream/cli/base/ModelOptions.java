package io.cipherstream.cli.base;

import io.cipherstream.model.ModelModes;
import io.cipherstream.transformer.InferenceMode;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The model and its mode. */
public final class ModelOptions {

  /** The embedded model for mode sealed. */
  public static final String SEALED_MODEL = "sst2-sealed";

  /** The embedded model for the interactive modes. */
  public static final String INTERACTIVE_MODEL = "sst2-tiny";

  @Option(
      names = "--model",
      paramLabel = "M",
      description =
          "Model name (see 'model list'); default: "
              + SEALED_MODEL
              + ", or "
              + INTERACTIVE_MODEL
              + " for a mode other than sealed.")
  private @Nullable String model;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "sealed: one request, one answer, and both sides keep their secrets; paper: THE-X as"
              + " published; compact: THE-X with an exact reciprocal; hybrid: the model as it is; the"
              + " client computes attention, GELU and LayerNorm exactly. Default: the model's first.")
  private @Nullable String mode;

  private boolean noted;

  /** The requested model, or the embedded one for the mode. */
  public String model() {
    if (model != null) {
      return model;
    }
    String sealed = InferenceMode.SEALED.label();
    return mode().orElse(sealed).equals(sealed) ? SEALED_MODEL : INTERACTIVE_MODEL;
  }

  /** Whether neither a model nor a mode was given. */
  public boolean unspecified() {
    return model == null && mode == null;
  }

  /** The requested mode by its present name; a former one is noted once. */
  public Optional<String> mode() {
    if (mode == null) {
      return Optional.empty();
    }
    String written = mode.toLowerCase(Locale.ROOT);
    String current = ModelModes.current(written);
    if (!current.equals(written) && !noted) {
      noted = true;
      System.err.println("cipherstream: " + ModelModes.ASSISTED_NOTE);
    }
    return Optional.of(current);
  }
}
