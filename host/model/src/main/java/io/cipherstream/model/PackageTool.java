package io.cipherstream.model;

import java.nio.file.Path;
import java.util.List;

/**
 * Makes a model package from a model file, as {@code deploy/models/sst2-tiny} was made:
 *
 * <pre>
 * java -cp … io.cipherstream.model.PackageTool MODEL REPOSITORY NAME LICENCE SOURCE
 * </pre>
 *
 * <p>MODEL is anything {@link ModelImporter} reads, with its tokenizer beside it; REPOSITORY is the
 * folder that gets a folder NAME.
 */
public final class PackageTool {

  private PackageTool() {}

  public static void main(String[] arguments) {
    if (arguments.length != 5) {
      System.err.println("usage: PackageTool MODEL REPOSITORY NAME LICENCE SOURCE");
      System.exit(2);
      return;
    }
    try {
      ImportOptions options =
          ImportOptions.named(arguments[2]).withLicence(arguments[3]).withSource(arguments[4]);
      ModelPackage written =
          new ModelRepository(List.of(Path.of(arguments[1])))
              .importModel(Path.of(arguments[0]), options);
      System.out.println(written.folder() + " " + written.manifest().files());
    } catch (ModelException e) {
      System.err.println(e.kind() + ": " + e.getMessage());
      System.exit(1);
    }
  }
}
