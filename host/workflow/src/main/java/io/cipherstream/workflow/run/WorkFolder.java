package io.cipherstream.workflow.run;

import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.report.ConversionHeader;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.page.ReportFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The work folder of one conversion; no other conversion may use it at the same time. */
public final class WorkFolder implements AutoCloseable {

  private final Path folder;
  private final FileChannel channel;

  private WorkFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Creates the folder if necessary.
   *
   * @throws ConversionException if it cannot be written to, or another conversion uses it
   */
  public static WorkFolder open(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new ConversionException(
            "another conversion is running in "
                + folder
                + ": wait for it, or choose another --work");
      }
      return new WorkFolder(folder, channel);
    } catch (IOException e) {
      throw new ConversionException("cannot write to the work folder " + folder + ": " + e, e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  public Path folder() {
    return folder;
  }

  /** The header of an earlier run's report, so that times add up; null if there is none. */
  @Nullable ConversionHeader earlier() {
    Path file = folder.resolve(ReportFiles.JSON);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      return ConversionReport.read(file).header();
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The stages of one seed. */
  public Path ofSeed(long seed) {
    return folder.resolve("seed-" + seed);
  }

  /** Writes report.json and report.html. */
  void write(ConversionReport report) {
    write(report, folder);
  }

  /** Writes report.json and report.html to another folder. */
  static void write(ConversionReport report, Path into) {
    try {
      ReportFiles.write(report, into);
    } catch (IOException e) {
      throw new ConversionException(
          "cannot write the report to "
              + into
              + " ("
              + e
              + "): make room, then run the same command"
              + " again",
          e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Closing releases the lock in any case.
    }
  }
}
