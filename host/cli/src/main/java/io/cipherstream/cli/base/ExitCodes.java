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
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.IExitCodeExceptionMapper;

/** The exit status of a command, for scripts. */
public final class ExitCodes implements IExitCodeExceptionMapper {

  /** Success. */
  public static final int OK = 0;

  /** Something on this machine failed: disk, memory, native library, a defect. */
  public static final int FAILURE = 1;

  /** Unknown command or option, or an impossible value of an option. */
  public static final int USAGE = 2;

  /** Bad input: text, file, model name, mode. */
  public static final int BAD_INPUT = 3;

  /** The appliance is unreachable or untrusted, refused, or answered wrongly. */
  public static final int SERVER = 4;

  /** A check failed, for example {@code doctor} found a fault. */
  public static final int CHECK_FAILED = 5;

  /** A conversion lost more than its budget. */
  public static final int LOST_TOO_MUCH = 6;

  /** Interrupted by Ctrl-C with everything saved; the number is the one shells use. */
  public static final int INTERRUPTED = 130;

  @Override
  public int getExitCode(Throwable failure) {
    return of(failure);
  }

  public static int of(Throwable failure) {
    if (failure instanceof CommandLine.ParameterException) {
      return USAGE;
    }
    if (failure instanceof CliException cli) {
      return cli.exitCode();
    }
    if (OutOfMemory.ranOut(failure)) {
      return FAILURE;
    }
    if (failure instanceof ClientException client) {
      return switch (client.kind()) {
        case INPUT_EMPTY, INPUT_TOO_LONG, INPUT_UNSUPPORTED, MODEL_UNKNOWN, MODE_UNSUPPORTED ->
            BAD_INPUT;
        case UNREACHABLE, UNTRUSTED, REFUSED, PROTOCOL, TIMEOUT -> SERVER;
        case KEY_FILE, LOCAL -> FAILURE;
      };
    }
    if (failure instanceof ModelException model) {
      return model.kind() == ModelException.Kind.IO ? FAILURE : BAD_INPUT;
    }
    if (failure instanceof DataException data) {
      return data.kind() == DataException.Kind.IO ? FAILURE : BAD_INPUT;
    }
    if (failure instanceof ConversionException) {
      return diskFailed(failure) ? FAILURE : BAD_INPUT;
    }
    if (failure instanceof TrainingException training) {
      return switch (training.kind()) {
        case OPTIONS -> USAGE;
        case INTERRUPTED -> INTERRUPTED;
        case DIVERGED, MEMORY, CHECKPOINT -> FAILURE;
      };
    }
    if (failure instanceof ComparisonException || failure instanceof IntervalException) {
      return BAD_INPUT;
    }
    if (failure instanceof BenchException bench) {
      return switch (bench.kind()) {
        case ENGINE -> USAGE;
        case REPORT, DIFFERENT -> BAD_INPUT;
        case OUTPUT, WORKER -> FAILURE;
      };
    }
    if (failure instanceof EngineException engine) {
      return engine.kind() == EngineException.Kind.MISMATCH ? CHECK_FAILED : FAILURE;
    }
    return FAILURE;
  }

  private static boolean diskFailed(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause instanceof IOException
        || (cause instanceof ModelException model && model.kind() == ModelException.Kind.IO);
  }
}
