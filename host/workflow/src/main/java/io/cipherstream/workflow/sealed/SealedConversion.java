package io.cipherstream.workflow.sealed;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.Conversion;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.ExactTeacher;
import io.cipherstream.workflow.convert.SpecialPieces;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.JoinedTexts;
import io.cipherstream.workflow.train.SealedStart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Makes sealed models: fine-tunes the teacher, trains every spec with every seed on its logits, and
 * chooses. Run again with the same settings, it resumes. Use one thread, and one conversion per
 * process, since PyTorch's threads are global to the process.
 */
public final class SealedConversion {

  /**
   * Word pieces that may join two texts; those that the training texts do not have are left out.
   */
  private static final List<List<String>> JOINTS =
      List.of(
          List.of(),
          List.of(","),
          List.of("."),
          List.of(",", "but"),
          List.of("and"),
          List.of("but"),
          List.of(",", "and"),
          List.of("-", "-"),
          List.of("though"));

  private static final int JOINED_FEWEST = 10;

  private final SealedSettings settings;
  private final SealedListener listener;
  private final BooleanSupplier stop;

  /**
   * @param stop asked after each step; when true, a checkpoint is written and the run ends
   */
  public SealedConversion(SealedSettings settings, SealedListener listener, BooleanSupplier stop) {
    this.settings = settings;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Trains all models and chooses one.
   *
   * @throws ConversionException if the work folder holds something else, or cannot be written
   * @throws io.cipherstream.workflow.train.TrainingException of kind OPTIONS, before anything is
   *     trained, if the start does not fit; otherwise as {@code StageTrainer#run}
   */
  public SealedChoice run() {
    ImportedModel start = settings.start();
    if (start != null) { // before the teacher is trained, which may take hours
      SealedStart.check(start, settings.architecture());
    }
    ExactTeacher teacher = new Conversion(settings.teacher(), listener, stop).teacher();
    listener.teacher(teacher);
    List<Example> examples = new ArrayList<>(settings.teacher().data().training());
    examples.addAll(joined());
    SealedTraining training =
        new SealedTraining(settings, teacher, examples, pieces().first(), pieces().last());
    List<SealedTrial> trials = new ArrayList<>();
    for (SealedSpec spec : settings.specs()) {
      for (long seed : settings.seeds()) {
        SealedTrial trial = training.run(spec, seed, pieces().mask(), listener, stop);
        listener.trial(trial);
        trials.add(trial);
      }
    }
    return SealedChoice.of(trials, settings.budget());
  }

  private List<Example> joined() {
    int count = settings.recipe().joinedTexts(settings.teacher().data());
    int most = settings.tokensMax() - 2;
    if (count == 0 || most < JOINED_FEWEST) {
      return List.of();
    }
    List<Example> training = settings.teacher().data().training();
    BitSet known = new BitSet();
    training.forEach(e -> Arrays.stream(e.ids()).forEach(known::set));
    List<int[]> joints = new ArrayList<>();
    for (List<String> joint : JOINTS) {
      int[] ids = joint.stream().mapToInt(p -> tokenizer().id(p).orElse(-1)).toArray();
      if (Arrays.stream(ids).allMatch(id -> id >= 0 && known.get(id))) {
        joints.add(ids);
      }
    }
    return new JoinedTexts(training, joints, JOINED_FEWEST, most)
        .draw(count, settings.teacher().seed());
  }

  private BertTokenizer tokenizer() {
    return settings.teacher().source().tokenizer();
  }

  private SpecialPieces pieces() {
    return new SpecialPieces(tokenizer());
  }
}
