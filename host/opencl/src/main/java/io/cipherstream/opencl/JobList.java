package io.cipherstream.opencl;

import io.cipherstream.opencl.image.CoreJob;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.ring.ProgramArguments;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The jobs of a launch in memory: the tables of one after the other, then the results of all, then
 * scratch memory, which all share because they run one after the other. Engine's lock held until it
 * is enqueued.
 */
final class JobList {

  private final List<CoreJob> jobs;
  private final ByteBuffer tables;
  private final ByteBuffer lines;
  private final int resultByte;

  private JobList(List<CoreJob> jobs, ByteBuffer tables, ByteBuffer lines, int resultByte) {
    this.jobs = jobs;
    this.tables = tables;
    this.lines = lines;
    this.resultByte = resultByte;
  }

  private static int tableBytes(List<CoreJob> jobs) {
    return jobs.stream().mapToInt(CoreJob::tableBytes).sum();
  }

  /** Words of tables and results. */
  static int ownWords(List<CoreJob> jobs) {
    return (tableBytes(jobs) + jobs.size() * CoreResult.BYTES) / Long.BYTES;
  }

  /** Words that they take of the pool. */
  static long words(List<CoreJob> jobs) {
    return ownWords(jobs) + jobs.stream().mapToLong(CoreJob::scratchWords).max().orElse(0);
  }

  /**
   * Lays them out.
   *
   * @param bound arguments of each job
   * @param word of the pool, from which on {@link #words} are theirs
   */
  static JobList of(
      List<CoreJob> jobs,
      List<List<ProgramArguments.Bound<OpenClBuffer>>> bound,
      long word,
      TransferStaging staging,
      Holds holds) {
    int own = ownWords(jobs);
    ByteBuffer tables = staging.take(own);
    holds.add(() -> staging.give(tables));
    ByteBuffer lines = staging.take(jobs.size() * CoreJob.JOB_BYTES / Long.BYTES);
    holds.add(() -> staging.give(lines));
    int at = 0;
    int result = tableBytes(jobs);
    long place = word * Long.BYTES;
    for (int i = 0; i < jobs.size(); i++) {
      CoreJob job = jobs.get(i);
      job.putTables(
          slice(tables, at, job.tableBytes()),
          bound.get(i).stream().map(ProgramArguments.Bound::begin).toList(),
          word + own);
      CoreResult.erase(slice(tables, result + i * CoreResult.BYTES, CoreResult.BYTES));
      job.putJob(
          slice(lines, i * CoreJob.JOB_BYTES, CoreJob.JOB_BYTES),
          place + at,
          place + result + (long) i * CoreResult.BYTES);
      at += job.tableBytes();
    }
    return new JobList(jobs, tables, lines, result);
  }

  private static ByteBuffer slice(ByteBuffer of, int at, int bytes) {
    return of.slice(at, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  List<CoreJob> jobs() {
    return jobs;
  }

  ByteBuffer tables() {
    return tables;
  }

  /** The lines of the job list. */
  ByteBuffer lines() {
    return lines;
  }

  /** Where the results begin within the tables. */
  int resultByte() {
    return resultByte;
  }

  /** What a job left, once the results are copied back. */
  CoreResult result(int job) {
    return CoreResult.of(tables.slice(resultByte + job * CoreResult.BYTES, CoreResult.BYTES));
  }
}
