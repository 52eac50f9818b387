package io.cipherstream.workflow.train;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooling;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * An AA that begins as a converted encoder of two layers: its weights, a power attention by {@link
 * PowerRegression}, and quadratics in place of ReLUs by {@link ReluRegression}.
 */
public final class SealedStart {

  private SealedStart() {}

  /**
   * The start.
   *
   * @param model affine norms, THE-X's attention with ReLU or a power attention with the quadratic
   * @param architecture of the AA
   * @param vocabulary every word piece
   * @param examples for the regressions
   * @param progress receives the share that is done
   * @throws TrainingException of kind OPTIONS if the model does not fit
   */
  public static Parameters of(
      ImportedModel model,
      Architecture architecture,
      VocabularyMap vocabulary,
      List<Example> examples,
      long seed,
      DoubleConsumer progress) {
    ModelShape shape = model.encoder().shape();
    check(shape, model.embeddings().positions(), architecture, vocabulary);
    Parameters out =
        ModelWeights.read(model.encoder(), model.embeddings(), vocabulary, architecture, seed);
    Kinds kinds = Kinds.of(shape.activation(), shape.attention(), shape.norm());
    if (shape.attention() == AttentionKind.THEX) {
      PowerRegression.fit(out, kinds, examples, vocabulary, progress);
    }
    if (shape.activation() == Activation.RELU) {
      ReluRegression.fit(out, kinds, examples, vocabulary);
    } else {
      quadratic(out);
    }
    for (int i = 0; i < architecture.layers(); i++) {
      attention(out, i, architecture.heads());
    }
    Tensor positions = out.get(Parameters.POSITIONS).narrow(0, 0, architecture.positions());
    out.put(Parameters.POSITIONS, positions.contiguous().clone());
    return out;
  }

  private static void check(
      ModelShape shape, int positions, Architecture a, VocabularyMap vocabulary) {
    boolean theX = shape.attention() == AttentionKind.THEX && shape.activation() == Activation.RELU;
    boolean polynomial =
        shape.attention() == AttentionKind.POWER && shape.activation() == Activation.QUADRATIC;
    boolean sizes =
        shape.layers() == a.layers()
            && shape.width() == a.width()
            && shape.heads() == a.heads()
            && shape.ffnWidth() == a.ffnWidth()
            && shape.vocabulary() == vocabulary.size()
            && positions >= a.positions();
    if (!(theX || polynomial)
        || shape.norm() != NormKind.AFFINE
        || !sizes
        || shape.pooling() != Pooling.CLS) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "a start of "
              + text(shape, positions)
              + ": expected a converted model with affine norms, THE-X's attention and ReLU (or a"
              + " power attention and the quadratic), pooling cls, and "
              + a.layers()
              + " layers, width "
              + a.width()
              + ", heads "
              + a.heads()
              + ", intermediate "
              + a.ffnWidth()
              + ", "
              + vocabulary.size()
              + " word pieces, at least "
              + a.positions()
              + " positions");
    }
  }

  private static String text(ModelShape shape, int positions) {
    return shape.layers()
        + " layers, width "
        + shape.width()
        + ", heads "
        + shape.heads()
        + ", intermediate "
        + shape.ffnWidth()
        + ", "
        + shape.vocabulary()
        + " word pieces, "
        + positions
        + " positions, norm "
        + shape.norm()
        + ", attention "
        + shape.attention()
        + ", activation "
        + shape.activation()
        + ", pooling "
        + shape.pooling();
  }

  /** A layer's one power attention becomes that of each head. */
  private static void attention(Parameters out, int layer, int heads) {
    for (String part : new String[] {"scale", "offset"}) {
      String from = Parameters.power(layer) + part;
      float[] all = new float[heads];
      Arrays.fill(all, Torch.array(out.get(from))[0]);
      out.put(SealedParameters.prefix(layer) + "attention." + part, Torch.floats(all, heads));
      out.remove(from);
    }
  }

  /** The one quadratic of converted models, for every neuron. */
  private static void quadratic(Parameters out) {
    int neurons = out.architecture().ffnWidth();
    for (int i = 0; i < out.architecture().layers(); i++) {
      ReluRegression.put(
          out,
          i,
          torch.full(new long[] {neurons}, new Scalar(0.125)),
          torch.full(new long[] {neurons}, new Scalar(0.25)),
          torch.full(new long[] {neurons}, new Scalar(0.5)));
    }
  }
}
