package io.cipherstream.workflow.sealed;

import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelSource;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.model.sealed.Certificate;
import io.cipherstream.model.sealed.Certifier;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedPass;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.QuantityRange;
import io.cipherstream.model.sealed.RangeSurvey;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedManifest;
import io.cipherstream.model.sealed.SealedModel;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.model.sealed.Sentinel;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.SpecialPieces;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.RangeLimits;
import io.cipherstream.workflow.train.SealedAdversary;
import io.cipherstream.workflow.train.SealedTexts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Measures a trained model's ranges on four kinds of texts, proves them where possible, and writes
 * the package.
 */
public final class SealedPacking {

  private static final int SEARCHED = 8;

  /** Development texts for the check of the merged form. */
  private static final int CHECKED = 8;

  /** Largest relative difference of the merged form. */
  private static final double MERGED_MAX = 1e-9;

  private final SealedSettings settings;

  public SealedPacking(SealedSettings settings) {
    this.settings = settings;
  }

  /**
   * Writes a trial as a package.
   *
   * @param name the model's name
   * @param folder the package's folder; must not exist
   * @throws io.cipherstream.model.ModelException as {@link SealedPackage#write}
   * @throws ConversionException if the merged form, which is computed encrypted, gives other
   *     answers
   */
  public SealedPackage write(String name, SealedTrial trial, Path folder) {
    checkMergedForm(trial);
    SealedManifest manifest = manifest(trial);
    ImportedModel source = settings.teacher().source();
    SealedModel model =
        new SealedModel(
            trial.encoder(),
            trial.embeddings(),
            source.tokenizer().withTokensMax(trial.embeddings().positions()),
            new ModelSource(
                ModelSource.CONVERTED,
                source.source().file(),
                source.source().sha256(),
                source.source().origin()),
            source.licence(),
            settings.teacher().data().modelTask(),
            List.of());
    return SealedPackage.write(name, model, manifest, ofTask().size(), folder);
  }

  /** Compares the merged form with the plain pass, for specs that have one. */
  private void checkMergedForm(SealedTrial trial) {
    SealedEncoder encoder = trial.encoder();
    if (!Certifier.covers(encoder.spec())) {
      return;
    }
    MergedPass merged = new MergedPass(MergedEncoder.of(encoder));
    List<Example> dev = settings.teacher().data().dev();
    for (Example text : dev.subList(0, Math.min(CHECKED, dev.size()))) {
      double[][] x = trial.embeddings().embed(text.ids(), text.segments());
      double[][] found = merged.rows(x);
      double[][] plain = new SealedPass(encoder).rows(x);
      for (int t = 0; t < found.length; t++) {
        checkMergedForm(
            found[t],
            MergedEncoder.differs(encoder.shape())
                ? new double[] {plain[t][1] - plain[t][0]}
                : plain[t]);
      }
    }
  }

  private static void checkMergedForm(double[] found, double[] expected) {
    for (int j = 0; j < found.length; j++) {
      double far = Math.abs(found[j] - expected[j]) / Math.max(1, Math.abs(expected[j]));
      if (!(far < MERGED_MAX)) {
        throw new ConversionException(
            "the merged form answers "
                + (found[j] + ", the plain pass " + expected[j])
                + ": the weights are too large for float64; harden the model more");
      }
    }
  }

  /** The measured and proved values of a trial. */
  public SealedManifest manifest(SealedTrial trial) {
    Random random = new Random(trial.seed());
    SpecialPieces pieces = new SpecialPieces(settings.teacher().source().tokenizer());
    SealedTexts texts =
        new SealedTexts(
            trial.embeddings().vocabulary(),
            pieces.first(),
            pieces.last(),
            trial.embeddings().positions());
    RangeLimits limits = limits();
    SealedAdversary adversary =
        new SealedAdversary(trial.parameters(), trial.encoder().spec(), texts, limits);
    SealedRecipe recipe = settings.recipe();
    List<int[]> odd = new ArrayList<>();
    while (odd.size() < recipe.surveyTexts()) {
      odd.addAll(Arrays.asList(texts.random(SEARCHED, random)));
    }
    List<int[][]> repeated = adversary.repeated(recipe.surveyPieces(), random);
    List<int[]> searched = new ArrayList<>();
    searched.addAll(
        Arrays.asList(adversary.worse(texts.random(SEARCHED, random), recipe.surveySwaps())));
    repeated.forEach(
        worst -> searched.addAll(Arrays.asList(adversary.worse(worst, recipe.surveySwaps()))));
    RangeSurvey ofTask = RangeSurvey.of(trial.encoder(), trial.embeddings(), ofTask());
    RangeSurvey ofRandom = survey(trial, odd);
    RangeSurvey ofRepeated = survey(trial, repeated.stream().flatMap(Arrays::stream).toList());
    RangeSurvey ofSearched = survey(trial, searched);
    List<QuantityRange> ranges = new ArrayList<>();
    for (int layer = 0; layer <= SealedEncoder.LAYERS; layer++) {
      for (Quantity quantity : Quantity.values()) {
        if (ofTask.has(layer, quantity)) {
          double limit = limits.of(quantity);
          ranges.add(
              new QuantityRange(
                  layer,
                  quantity,
                  ofTask.rms(layer, quantity),
                  ofTask.largest(layer, quantity),
                  ofRandom.largest(layer, quantity),
                  ofRepeated.largest(layer, quantity),
                  ofSearched.largest(layer, quantity),
                  limit > 0 ? limit : null));
        }
      }
    }
    boolean provable = Certifier.covers(trial.encoder().spec());
    Certificate certificate =
        provable ? Certifier.certify(trial.encoder(), trial.embeddings()) : null;
    return SealedManifest.of(
            trial.encoder().spec(), ranges, certificate, provable ? List.of() : Sentinel.of(ofTask))
        .withFits(settings.fits(trial.encoder().spec()));
  }

  private static RangeSurvey survey(SealedTrial trial, List<int[]> texts) {
    return RangeSurvey.of(
        trial.encoder(), trial.embeddings(), texts.stream().map(TokenSequence::of).toList());
  }

  /** Texts of the task, every third part of them the longest. */
  private List<TokenSequence> ofTask() {
    List<Example> all = settings.teacher().data().training();
    int count = Math.min(all.size(), settings.recipe().surveyTexts());
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(all.get((int) ((long) i * all.size() / count)));
    }
    all.stream()
        .sorted(Comparator.comparingInt(Example::length).reversed())
        .limit(count / 2)
        .forEach(out::add);
    out.addAll(settings.teacher().data().heldOut());
    return out.stream().map(e -> new TokenSequence(e.ids(), e.segments())).toList();
  }

  private RangeLimits limits() {
    List<SealedRecipe.Phase> phases = settings.recipe().phases();
    return phases.get(phases.size() - 1).hardening().limits();
  }
}
