package io.cipherstream.workflow.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was converted, from what, where and how.
 *
 * @param name of the converted model
 * @param task name of the task, such as {@code sst-2}
 * @param modelSource where the pre-trained model came from, with its digest or revision
 * @param files data files, in the order in which they are shown
 * @param seeds of the trainings
 * @param host facts about the machine and its software, such as processor, threads, versions
 * @param options all options of the command, defaults included
 * @param started start time as text, such as {@code 2026-05-03T10:15:30Z}
 * @param seconds from the start to this report
 * @param finished whether all requested stages are finished
 */
public record ConversionHeader(
    String name,
    String task,
    String modelSource,
    List<DataFile> files,
    List<Long> seeds,
    Map<String, String> host,
    Map<String, String> options,
    String started,
    double seconds,
    boolean finished) {

  /**
   * @throws IllegalArgumentException if name, task or source is blank, the time is negative or not
   *     finite, or there are two development files
   */
  public ConversionHeader {
    ReportChecks.text("name", name);
    ReportChecks.text("task", task);
    ReportChecks.text("source of the model", modelSource);
    files = ReportChecks.list("data files", files);
    seeds = ReportChecks.list("seeds", seeds);
    host = ReportChecks.map("host", host);
    options = ReportChecks.map("options", options);
    ReportChecks.time("seconds of the conversion", seconds);
    if (files.stream().filter(f -> f.role() == DataFile.Role.DEV).count() > 1) {
      throw new IllegalArgumentException("two development files: expected at most one");
    }
  }

  /** The file that figures are reported on. */
  Optional<DataFile> dev() {
    return files.stream().filter(f -> f.role() == DataFile.Role.DEV).findFirst();
  }
}
