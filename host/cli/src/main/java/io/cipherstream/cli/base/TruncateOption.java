package io.cipherstream.cli.base;

import io.cipherstream.model.Truncation;
import picocli.CommandLine.Option;

/** What to do with a text longer than the model takes. */
public final class TruncateOption {

  @Option(
      names = "--truncate",
      description =
          "Cut a text that is longer than the model takes, and say by how much. A pair loses from"
              + " its longer text first, and words are removed whole. Without it such a text is"
              + " refused.")
  private boolean cut;

  public Truncation truncation() {
    return cut ? Truncation.CUT : Truncation.REFUSE;
  }

  /** Hint for the refusal of a text that is too long. */
  public String advice() {
    return cut ? "" : "; or have it cut with --truncate";
  }
}
