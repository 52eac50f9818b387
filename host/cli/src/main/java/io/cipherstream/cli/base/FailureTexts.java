package io.cipherstream.cli.base;

import io.cipherstream.bench.report.BenchException;
import io.cipherstream.client.ClientException;
import io.cipherstream.intervals.IntervalException;
import io.cipherstream.model.ModelException;
import io.cipherstream.ring.EngineException;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.data.DataException;
import io.cipherstream.workflow.report.ComparisonException;
import io.cipherstream.workflow.train.TrainingException;
import java.util.Optional;

/** One line for the user that says what went wrong. */
public final class FailureTexts {

  private FailureTexts() {}

  public static String describe(Throwable failure) {
    Optional<String> memory = OutOfMemory.describe(failure);
    if (memory.isPresent() && !(failure instanceof CliException)) {
      return memory.get();
    }
    String message = failure.getMessage();
    if (failure instanceof CliException
        || failure instanceof BenchException
        || failure instanceof ClientException
        || failure instanceof ModelException
        || failure instanceof EngineException
        || failure instanceof DataException
        || failure instanceof ConversionException
        || failure instanceof ComparisonException
        || failure instanceof IntervalException
        || failure instanceof TrainingException) {
      return message == null ? failure.getClass().getSimpleName() : message;
    }
    return failure.getClass().getSimpleName()
        + (message == null ? "" : ": " + message)
        + " (run again with --trace before the command for the stack trace)";
  }
}
