package io.cipherstream.workflow.run;

import io.cipherstream.files.FileTrees;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelSource;
import io.cipherstream.model.Ranges;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.StageVariant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes packages of stages with their plans, atomically. */
final class PackageWriter {

  private final PackageChecks checks;
  private final RunListener listener;

  PackageWriter(PackageChecks checks, RunListener listener) {
    this.checks = checks;
    this.listener = listener;
  }

  /**
   * Writes a package with its plans, under a temporary name, and moves it into place at the end.
   *
   * @throws IllegalArgumentException if a bound fits no parameter set; nothing is left behind
   */
  ModelPackage write(String name, StageVariant variant, Path folder) {
    Path beside = folder.resolveSibling(".new-" + folder.getFileName());
    try {
      FileTrees.delete(beside);
      ImportedModel model = converted(variant.model());
      Ranges ranges = variant.ranges();
      if (ranges == null) {
        throw new IllegalArgumentException(variant.obstacle());
      }
      ModelPackage written = ModelPackage.write(name, model, ranges, beside);
      checks.plan(written);
      Files.move(beside, folder);
      return ModelPackage.open(folder);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the package of stage "
              + variant.stage().text()
              + " was not written: "
              + e.getMessage()
              + "; the report shows the ranges; smaller scores (more epochs, another seed) or a"
              + " smaller --margin may fit",
          e);
    } catch (IOException e) {
      throw new ConversionException("cannot write " + folder + ": " + e, e);
    } finally {
      quietly(beside);
    }
  }

  /** The origin that the package states: that these are not the source's weights. */
  private static ImportedModel converted(ImportedModel model) {
    ModelSource source = model.source();
    String origin = source.origin();
    return new ImportedModel(
        model.encoder(),
        model.embeddings(),
        model.tokenizer(),
        new ModelSource(
            ModelSource.CONVERTED,
            source.file(),
            source.sha256(),
            origin == null ? source.format() : origin),
        model.licence(),
        model.task());
  }

  private void quietly(Path folder) {
    try {
      FileTrees.delete(folder);
    } catch (IOException e) {
      listener.line("left behind: " + folder);
    }
  }
}
