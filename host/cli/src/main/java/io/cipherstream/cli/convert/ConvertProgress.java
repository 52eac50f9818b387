package io.cipherstream.cli.convert;

import io.cipherstream.report.Figures;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StageVariant;
import io.cipherstream.workflow.run.RunListener;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * Reports the progress of a conversion on standard error. On a terminal it rewrites one line,
 * elsewhere it adds a line every half minute; each stage leaves a line.
 */
final class ConvertProgress implements RunListener, AutoCloseable {

  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long FILE_NANOS = 30_000_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final List<StageName> stages;
  private String stage = "";
  private long lastPrinted = System.nanoTime();
  private boolean lineOpen;

  /**
   * @param stages those that the conversion will have
   */
  ConvertProgress(PrintStream err, boolean terminal, List<StageName> stages) {
    this.err = err;
    this.terminal = terminal;
    this.stages = List.copyOf(stages);
  }

  @Override
  public void stage(StageName name, boolean done) {
    stage = "[" + (stages.indexOf(name) + 1) + "/" + stages.size() + "] " + name.title();
    line(stage + (done ? ": done by an earlier run" : ": " + name.purpose()));
  }

  @Override
  public void part(String name) {
    stage = name;
    line(name);
  }

  @Override
  public void step(long step, long steps, double loss, double secondsLeft, double heldOut) {
    passing(
        String.format(
            Locale.ROOT,
            "%s: step %d of %d, loss %.4f, held-out %s, %s left",
            stage,
            step,
            steps,
            loss,
            Double.isNaN(heldOut) ? "–" : String.format(Locale.ROOT, "%.1f", 100 * heldOut),
            Figures.time(secondsLeft)));
  }

  @Override
  public void work(String what, double share) {
    passing(
        String.format(
            Locale.ROOT, "%s%s: %.0f %%", stage.isEmpty() ? "" : stage + ", ", what, 100 * share));
  }

  @Override
  public void variant(StageVariant variant) {
    line(
        stage
            + ": "
            + variant.scores().get(0).name()
            + " "
            + Figures.score(
                variant.scores().get(0).value(), variant.scores().get(0).standardError())
            + " on the development set, "
            + Figures.time(variant.result().seconds())
            + " of training"
            + (variant.obstacle().isEmpty() ? "" : "; " + variant.obstacle()));
  }

  @Override
  public synchronized void line(String text) {
    clear();
    err.println(text);
    lastPrinted = System.nanoTime();
  }

  private synchronized void passing(String text) {
    long now = System.nanoTime();
    if (now - lastPrinted < (terminal ? TERMINAL_NANOS : FILE_NANOS)) {
      return;
    }
    lastPrinted = now;
    if (terminal) {
      err.print("\r\u001b[2K" + text);
      err.flush();
      lineOpen = true;
    } else {
      err.println(text);
    }
  }

  private void clear() {
    if (lineOpen) {
      err.print("\r\u001b[2K");
      err.flush();
      lineOpen = false;
    }
  }

  @Override
  public synchronized void close() {
    clear();
  }
}
