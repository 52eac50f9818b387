package io.cipherstream.workflow.convert;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.miniature.AgreementTask;
import io.cipherstream.workflow.train.LossWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The miniature: agreement of subject and verb, from random weights through all stages in a minute
 * or two. No bag of words can do it, see {@link AgreementTask}.
 */
public final class Miniature {

  /** Word pieces of the longest sentence, special ones included. */
  public static final int TOKENS_MAX = 16;

  /** Examples to train on. */
  public static final int TRAINING = 8000;

  /** Development examples. */
  public static final int DEV = 1000;

  private static final double RATE = 2e-3;
  private static final int BATCH = 64;
  private static final int PATIENCE = 100;
  private static final int POOL_TEXTS = 4000;

  /** Sizes of its encoder, also of a sealed one. */
  public static final StudentSize SIZE = new StudentSize(2, 32, 2, 64);

  private Miniature() {}

  /** An encoder with random weights. */
  public static ImportedModel source(long seed) {
    return RandomSource.of(
        SIZE, AgreementTask.vocabulary(), TokenizerOptions.UNCASED, TOKENS_MAX, seed);
  }

  /**
   * Generates examples, writes them as {@code train.tsv} and {@code dev.tsv}, and reads them back.
   *
   * @throws ConversionException if the folder cannot be written
   */
  public static TaskData data(Path folder, int training, int dev, long seed) {
    try {
      Files.createDirectories(folder);
      AgreementTask.draw(training, dev, seed).write(folder);
    } catch (IOException e) {
      throw new ConversionException("cannot write the miniature's files to " + folder, e);
    }
    return TaskData.texts(
        AgreementTask.task(),
        AgreementTask.columns(),
        folder.resolve("train.tsv"),
        folder.resolve("dev.tsv"),
        new BertTokenizer(AgreementTask.vocabulary(), TokenizerOptions.UNCASED, TOKENS_MAX),
        TOKENS_MAX,
        0.1,
        seed,
        BadRows.refused(""));
  }

  /** Larger steps and more epochs than for pre-trained models. */
  public static Recipe recipe() {
    Recipe recipe = Recipe.pretrained();
    LossWeights distilled = recipe.of(StageName.ATTENTION).weights();
    LossWeights norms = recipe.of(StageName.NORMS).weights();
    LossWeights polynomial = recipe.of(StageName.POLYNOMIAL).weights();
    Recipe out =
        recipe
            .with(StageName.EXACT, new StageRecipe(30, RATE, LossWeights.TASK))
            .with(StageName.ATTENTION, new StageRecipe(4, RATE, distilled))
            .with(StageName.NORMS, new StageRecipe(1, RATE, norms))
            .with(StageName.THEX, new StageRecipe(5, RATE, distilled))
            .with(StageName.POLYNOMIAL, new StageRecipe(8, RATE, polynomial));
    return new Recipe(out.stages(), BATCH, BATCH, POOL_TEXTS, PATIENCE);
  }
}
