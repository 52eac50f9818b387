package io.cipherstream.workflow.train;

import io.cipherstream.model.Pooling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A training in a process of its own, whose disk or memory a test can bound. */
final class ChildTraining {

  private static final int VOCABULARY = 2000;

  private ChildTraining() {}

  /**
   * @param args folder, batch, features between the feed-forward matrices, step to stop at
   */
  public static void main(String[] args) {
    TrainingThreads.set(1);
    int batch = Integer.parseInt(args[1]);
    long end = Long.parseLong(args[3]);
    Random random = new Random(1);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < Math.max(64, batch); i++) {
      examples.add(Example.of(random.ints(20, 0, VOCABULARY).toArray(), i % 2));
    }
    VocabularyMap vocabulary = VocabularyMap.of(List.of(examples), VOCABULARY);
    Architecture sizes =
        new Architecture(
            2, 64, 2, Integer.parseInt(args[2]), 20, vocabulary.size(), 2, Pooling.CLS, 2, 1e-6);
    AtomicLong step = new AtomicLong();
    StageTrainer trainer =
        new StageTrainer(
            new StageTrainer.Subject(
                Parameters.random(sizes, 1),
                share -> Kinds.EXACT,
                name -> true,
                LossWeights.TASK,
                TaskLoss.classes(List.of(1.0, 1.0)),
                null,
                Kinds.EXACT,
                null),
            examples,
            vocabulary,
            TestOptions.of(20, batch, 1e-3),
            p -> 0);
    try {
      trainer.run(Path.of(args[0]), (s, n, l, left, h) -> step.set(s), () -> step.get() == end);
      System.out.println("FINISHED at " + step.get());
    } catch (TrainingException e) {
      System.out.println(e.kind() + " " + e.getMessage());
    }
  }
}
