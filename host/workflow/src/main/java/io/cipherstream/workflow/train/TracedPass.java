package io.cipherstream.workflow.train;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/** Forward passes over examples that fill a {@link Trace}, in float32. */
final class TracedPass {

  private static final int BATCH = 64;

  private TracedPass() {}

  /**
   * Runs a model on all examples.
   *
   * @param trace a new one per batch
   * @param use receives every batch and its trace, which are valid during the call
   * @param progress receives the share that is done
   */
  static void over(
      Forward forward,
      List<Example> examples,
      VocabularyMap vocabulary,
      Supplier<Trace> trace,
      BiConsumer<Batch, Trace> use,
      DoubleConsumer progress) {
    int done = 0;
    for (int[] indices : Batches.sorted(examples, BATCH)) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Batch batch = Batch.of(examples, indices, vocabulary);
        Trace kept = trace.get();
        forward.run(batch, kept);
        use.accept(batch, kept);
      }
      done += indices.length;
      progress.accept((double) done / examples.size());
    }
  }
}
