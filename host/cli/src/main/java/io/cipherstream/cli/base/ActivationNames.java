package io.cipherstream.cli.base;

import io.cipherstream.polynomial.ActivationModule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names that {@code --activation} takes. */
public final class ActivationNames {

  private ActivationNames() {}

  /**
   * The activations of those names, none of none.
   *
   * @throws CliException of kind USAGE for another name
   */
  public static List<ActivationModule> modules(@Nullable List<String> names) {
    return (names == null ? List.<String>of() : names)
        .stream().map(ActivationNames::module).toList();
  }

  private static ActivationModule module(String name) {
    return ActivationModule.named(name)
        .orElseThrow(
            () ->
                new CliException(
                    ExitCodes.USAGE,
                    "--activation " + name + ": expected " + ActivationModule.names()));
  }
}
