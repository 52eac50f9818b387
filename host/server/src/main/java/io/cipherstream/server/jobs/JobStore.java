package io.cipherstream.server.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.FileTrees;
import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs on disk.
 *
 * <pre>
 *   jobs/&lt;id&gt;/job.json   its description, as it was accepted or has ended
 *   jobs/&lt;id&gt;/answer     what a request to infer would have been answered
 * </pre>
 *
 * <p>Every file appears by an atomic rename after it was forced to disk. Blocks.
 */
final class JobStore {

  private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DESCRIPTION = "job.json";
  private static final String ANSWER = "answer";

  private final Path jobs;

  JobStore(Path dataDirectory) throws IOException {
    this.jobs = dataDirectory.resolve("jobs");
    OwnerOnly.createFolders(jobs);
  }

  void write(JobInfo info) throws IOException {
    OwnerOnly.createFolders(jobs.resolve(info.id()));
    FileReplacer.SECRET.replace(
        jobs.resolve(info.id()).resolve(DESCRIPTION), JSON.writeValueAsBytes(info));
  }

  /** The answer first, so that a job that is said to be done has one. */
  void writeAnswer(JobInfo info, byte[] answer) throws IOException {
    OwnerOnly.createFolders(jobs.resolve(info.id()));
    FileReplacer.SECRET.replace(answer(info.id()), answer);
    write(info);
  }

  Path answer(String id) {
    return jobs.resolve(id).resolve(ANSWER);
  }

  void delete(String id) throws IOException {
    Files.deleteIfExists(jobs.resolve(id).resolve(DESCRIPTION));
    FileTrees.delete(jobs.resolve(id));
  }

  /** Every job whose description is whole; the rest is logged and removed. */
  List<JobInfo> loadAll() throws IOException {
    List<JobInfo> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(jobs)) {
      for (Path folder : folders.sorted().toList()) {
        try {
          JobInfo info =
              JSON.readValue(Files.readAllBytes(folder.resolve(DESCRIPTION)), JobInfo.class);
          if (!info.id().equals(String.valueOf(folder.getFileName()))) {
            throw new IOException("job.json names another job");
          }
          all.add(info);
        } catch (IOException e) {
          LOG.warn("job folder {} is removed: {}", folder.getFileName(), e.toString());
          FileTrees.delete(folder);
        }
      }
    }
    return all;
  }
}
