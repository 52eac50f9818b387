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
 * What is converted, whatever it comes from.
 *
 * @param from where the model comes from, for readers
 * @param source the model of a seed
 * @param data the task's examples
 * @param files where they were read
 * @param recipe how stages are trained
 * @param student sizes of a smaller model to convert in the source's stead, or null
 * @param pooling how token rows become one
 * @param notes what a reader of the report should know of the data
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

  /** The stage that losses are counted from. */
  StageName exact() {
    return student == null ? StageName.EXACT : StageName.STUDENT;
  }
}
