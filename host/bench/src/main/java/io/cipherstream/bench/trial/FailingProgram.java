package io.cipherstream.bench.trial;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.ring.Disassembler;
import io.cipherstream.ring.EngineConformance;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramShrinker;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a program on which two engines differ as files that {@link ProgramTrial} reads: what {@link
 * ProgramShrinker} leaves of it, or all of it if the engines do not differ again, with the words of
 * the segments that it reads.
 */
public final class FailingProgram implements EngineConformance.DifferenceListener {

  private final Path folder;
  private final String stem;
  private @Nullable Path written;

  /**
   * @param folder is made if it is not there
   * @param stem the program's file is called so, with {@code .lp}
   */
  public FailingProgram(Path folder, String stem) {
    this.folder = folder;
    this.stem = stem;
  }

  @Override
  public void differs(
      LimbEngine candidate, LimbEngine oracle, LimbProgram program, List<long[]> data) {
    ProgramShrinker.Found kept =
        ProgramShrinker.shrink(candidate, oracle, program, data)
            .orElseGet(() -> new ProgramShrinker.Found(program, data));
    Path file = folder.resolve(stem + TrialFiles.PROGRAM);
    try {
      Files.createDirectories(folder);
      FileReplacer.PLAIN.replace(
          file, Disassembler.text(kept.program()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new TrialException(file + " cannot be written: " + e, e);
    }
    Set<Segment> read = RandomPrograms.read(kept.program());
    for (int i = 0; i < kept.data().size(); i++) {
      Segment segment = kept.program().arguments().get(i);
      if (read.contains(segment)) {
        WordFile.write(folder.resolve(stem + "." + segment.name() + ".in"), kept.data().get(i));
      }
    }
    written = file;
  }

  /** The program's file, if there was one that failed. */
  public Optional<Path> written() {
    return Optional.ofNullable(written);
  }
}
