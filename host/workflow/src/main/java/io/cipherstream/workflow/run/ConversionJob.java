package io.cipherstream.workflow.run;

import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.Pooling;
import io.cipherstream.workflow.convert.Recipe;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StudentSize;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.report.DataFile;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The model and data of a conversion, whatever their origin.
 *
 * @param from origin of the model, for readers
 * @param source the model for a seed
 * @param data the task's examples
 * @param files the files they were read from
 * @param recipe how stages are trained
 * @param student sizes of a smaller model to convert instead of the source, or null
 * @param pooling how token rows become one
 * @param notes what a reader of the report should know about the data
 */
public record ConversionJob(
    String from,
    LongFunction<ImportedModel> source,
    TaskData data,
    List<DataFile> files,
    Recipe recipe,
    @Nullable StudentSize student,
    Pooling pooling,
    List<String> notes) {

  public ConversionJob {
    files = List.copyOf(files);
    notes = List.copyOf(notes);
  }

  /** The stage against which losses are counted. */
  StageName exact() {
    return student == null ? StageName.EXACT : StageName.STUDENT;
  }
}
