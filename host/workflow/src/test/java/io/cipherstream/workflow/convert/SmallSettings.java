package io.cipherstream.workflow.convert;

import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import io.cipherstream.workflow.hinge.HingeRange;
import io.cipherstream.workflow.train.LossWeights;
import io.cipherstream.workflow.train.Precision;
import java.nio.file.Path;

/** Settings of conversions that take seconds: one thread, no student, no polynomial variant. */
public final class SmallSettings {

  /** Prints the scores of what is made. */
  public static final ConversionListener PRINTING =
      new ConversionListener() {
        @Override
        public void stage(StageName stage, boolean done) {}

        @Override
        public void step(long step, long all, double loss, double left, double heldOut) {}

        @Override
        public void work(String what, double share) {}

        @Override
        public void variant(StageVariant variant) {
          System.out.println(variant.stage().title() + " " + variant.scores());
        }
      };

  private SmallSettings() {}

  /** Settings that differ from each other in these only. */
  public static ConversionSettings of(
      Path work, ImportedModel source, TaskData data, Recipe recipe, Pooling pooling, long seed) {
    return new ConversionSettings(
        work,
        source,
        data,
        recipe,
        null,
        false,
        pooling,
        HingeRange.DEFAULT,
        1.5,
        seed,
        Precision.FLOAT32,
        1,
        1000,
        null);
  }

  /** An encoder of one layer with random weights. */
  public static ImportedModel source(WordPieces pieces, int tokens, long seed) {
    return RandomSource.of(
        new StudentSize(1, 32, 2, 64), pieces, TokenizerOptions.UNCASED, tokens, seed);
  }

  /** The miniature's recipe with another exact stage. */
  public static Recipe recipe(double epochs, double rate) {
    return Miniature.recipe()
        .with(StageName.EXACT, new StageRecipe(epochs, rate, LossWeights.TASK));
  }
}
