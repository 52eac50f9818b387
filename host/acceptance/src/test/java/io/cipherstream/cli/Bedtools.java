package io.cipherstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Debian's bedtools on files of a folder: what queries of encrypted tracks must agree with. */
final class Bedtools {

  private final Path folder;
  private int files;

  Bedtools(Path folder) {
    this.folder = folder;
  }

  Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("bedtools-" + files++ + ".bed"), content);
  }

  /** Runs a command and keeps what it prints as a file. */
  Path run(Object... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("bedtools-" + files++ + ".bed");
    Path err = folder.resolve("bedtools.err");
    ProcessBuilder command = new ProcessBuilder("bedtools");
    for (Object argument : arguments) {
      command.command().add(argument.toString());
    }
    int code = command.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    if (code != 0) {
      throw new AssertionError(command.command() + ": " + Files.readString(err));
    }
    return out;
  }

  /** Sum of the lengths of a file's intervals. */
  static long bases(Path file) throws IOException {
    long bases = 0;
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.split("\t");
      bases += Long.parseLong(fields[2]) - Long.parseLong(fields[1]);
    }
    return bases;
  }

  /** A field of the last line. */
  static String field(Path file, int index) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return lines.get(lines.size() - 1).split("\t")[index];
  }

  /** Bins of a size that a file touches, within a region. */
  Path bins(Path genome, int size, Path bed, Path region) throws IOException, InterruptedException {
    Path windows = run("makewindows", "-g", genome, "-w", size);
    Path touched = run("intersect", "-u", "-a", windows, "-b", bed);
    return run("intersect", "-u", "-a", touched, "-b", region);
  }
}
