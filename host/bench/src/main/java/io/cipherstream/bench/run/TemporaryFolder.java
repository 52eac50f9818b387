package io.cipherstream.bench.run;

import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchException.Kind;
import io.cipherstream.files.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that goes away with its owner, also when the program is interrupted. */
final class TemporaryFolder implements AutoCloseable {

  private final Path path;
  private final Thread hook = new Thread(this::delete, "delete-temporary-folder");

  /**
   * @throws BenchException of kind OUTPUT if there is no room for one
   */
  TemporaryFolder() {
    try {
      path = Files.createTempDirectory("cipherstream-bench");
    } catch (IOException e) {
      throw new BenchException(Kind.OUTPUT, "no temporary folder: " + e.getMessage(), e);
    }
    Runtime.getRuntime().addShutdownHook(hook);
  }

  Path path() {
    return path;
  }

  private void delete() {
    try {
      FileTrees.delete(path);
    } catch (IOException e) {
      System.err.println("cipherstream: temporary folder left behind: " + path);
    }
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The virtual machine is shutting down and runs the hook itself.
    }
  }
}
