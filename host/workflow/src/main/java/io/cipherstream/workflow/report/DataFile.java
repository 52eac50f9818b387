package io.cipherstream.workflow.report;

import java.util.regex.Pattern;

/**
 * A file that a conversion read.
 *
 * @param role what it was read for
 * @param name as the user gave it
 * @param rows examples in it
 * @param sha256 digest of its bytes, 64 small hexadecimal digits
 */
public record DataFile(Role role, String name, long rows, String sha256) {

  /** What a file is read for. */
  public enum Role {
    /** Trained on; a part of it is held out to choose by. */
    TRAINING,
    /** Reported on. */
    DEV,
    /** Neither, such as unlabelled texts. */
    OTHER
  }

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException if the name is blank, rows is negative or the digest is none
   */
  public DataFile {
    ReportChecks.text("name of a data file", name);
    ReportChecks.count("rows of " + name, rows);
    if (!DIGEST.matcher(sha256).matches()) {
      throw new IllegalArgumentException(
          "digest '" + sha256 + "' of " + name + ": expected 64 hexadecimal digits");
    }
  }
}
