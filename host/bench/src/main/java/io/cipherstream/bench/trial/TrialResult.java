package io.cipherstream.bench.trial;

import java.util.List;

/**
 * What came of a program.
 *
 * @param group what it belongs to: the folder of a file
 * @param name what it is called there
 * @param problems what is wrong; empty if all is as expected
 * @param instructions of the program, 0 if it could not be read
 * @param cycles of the card's cores, 0 where there is no clock
 * @param words compared with the interpreter's
 * @param expectedWords compared with words from files
 * @param drawn segments whose words were drawn
 * @param seconds all of it, comparison included
 */
public record TrialResult(
    String group,
    String name,
    Outcome outcome,
    List<String> problems,
    int instructions,
    long cycles,
    long words,
    long expectedWords,
    List<String> drawn,
    double seconds) {

  /** Whether a program did what it should. */
  public enum Outcome {
    /** Every word is the interpreter's and the expected one. */
    PASSED,
    /** A word is another. */
    DIFFERS,
    /** Program or words are no valid ones. */
    BAD_INPUT,
    /** The engine failed. */
    FAILED
  }

  public TrialResult {
    problems = List.copyOf(problems);
    drawn = List.copyOf(drawn);
  }
}
