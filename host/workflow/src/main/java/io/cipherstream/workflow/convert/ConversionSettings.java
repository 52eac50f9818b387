package io.cipherstream.workflow.convert;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.Pooling;
import io.cipherstream.workflow.hinge.HingeRange;
import io.cipherstream.workflow.train.Precision;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What to convert, and how.
 *
 * @param work folder of stages; a second run with the same settings resumes the first
 * @param source a BERT encoder with softmax and full norms
 * @param data the task's examples
 * @param recipe how stages are trained
 * @param student sizes of a smaller model to convert instead of the source, or null
 * @param polynomial whether to make the polynomial variant
 * @param pooling how token rows become one; NONE exactly for word labels
 * @param hinges the range that T is fitted to
 * @param margin factor on calibrated ranges
 * @param seed of everything random
 * @param precision of products in training
 * @param threads for training
 * @param checkpointSeconds between two checkpoints
 * @param redo first stage to repeat although it is finished, or null
 */
public record ConversionSettings(
    Path work,
    ImportedModel source,
    TaskData data,
    Recipe recipe,
    @Nullable StudentSize student,
    boolean polynomial,
    Pooling pooling,
    HingeRange hinges,
    double margin,
    long seed,
    Precision precision,
    int threads,
    int checkpointSeconds,
    @Nullable StageName redo) {

  /**
   * @throws ConversionException if pooling, the source or a student does not fit the task
   */
  public ConversionSettings {
    if ((pooling == Pooling.NONE) != data.words()) {
      throw new ConversionException(
          "pooling "
              + pooling.text()
              + " for task "
              + data.task().name()
              + ": expected none for word labels, cls or mean for all others");
    }
    if (data.task().pair() && segments(source.tokenizer()) > source.embeddings().segments()) {
      throw new ConversionException(
          "task "
              + data.task().name()
              + " has pairs, but the source's token-type table has one row: expected two, or a"
              + " tokenizer that puts both texts into one, as RoBERTa's");
    }
    if (source.embeddings().projection() != null) {
      throw new ConversionException(
          "the source's embeddings are narrower than its layers, with a matrix between them, as"
              + " ELECTRA's and ALBERT's: a conversion trains embeddings that are as wide as the"
              + " layers, such as those of BERT, DistilBERT, RoBERTa and ELECTRA-base");
    }
    if (source.embeddings().positionBias() != null) {
      throw new ConversionException(
          "the source's attention knows relative positions, as MPNet's: a conversion trains"
              + " attention without them, such as that of BERT, DistilBERT and RoBERTa; model"
              + " import runs it as it is, in mode hybrid");
    }
    if (data.tokensMax() > source.embeddings().positions()) {
      throw new ConversionException(
          "an example of "
              + data.tokensMax()
              + " word pieces: the source takes at most "
              + source.embeddings().positions());
    }
    if (student != null && data.words()) {
      throw new ConversionException("a student of a task of word labels: not supported");
    }
    if (threads < 1) {
      throw new ConversionException(threads + " threads: expected at least 1");
    }
  }

  /** Token types that a pair takes. */
  private static int segments(BertTokenizer tokenizer) {
    int[] empty = {};
    return 1 + Arrays.stream(tokenizer.pair(empty, empty).segments()).max().orElse(0);
  }
}
