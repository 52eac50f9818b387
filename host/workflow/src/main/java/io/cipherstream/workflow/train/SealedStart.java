package io.cipherstream.workflow.train;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooling;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * An AA that begins as a converted encoder of two layers. A polynomial one begins as it is. One
 * with THE-X's attention keeps its matrices and gets a power attention of {@link #SCALE} and {@link
 * #OFFSET}, one quadratic for its ReLUs, and word vectors that are a {@link WordProjection}. That
 * start computes something else than the model, but trains to a better AA: quadratics fitted to the
 * model's values are steep where values are rare, and a projection lets the examples' pieces move
 * all others.
 */
public final class SealedStart {

  /** Of the power attention that replaces THE-X's: (SCALE·score + OFFSET)² over the tokens. */
  private static final double SCALE = 0.3;

  private static final double OFFSET = 1;

  private SealedStart() {}

  /**
   * The start.
   *
   * @param model affine norms, THE-X's attention with ReLU or a power attention with the quadratic
   * @param architecture of the AA
   * @param vocabulary every word piece
   * @param features of every word piece
   * @param examples whose pieces count most in the projection
   * @throws TrainingException of kind OPTIONS if the model does not fit
   */
  public static Parameters of(
      ImportedModel model,
      Architecture architecture,
      VocabularyMap vocabulary,
      FloatTable features,
      List<Example> examples,
      long seed) {
    check(model, architecture);
    ModelShape shape = model.encoder().shape();
    Parameters out =
        ModelWeights.read(model.encoder(), model.embeddings(), vocabulary, architecture, seed);
    if (shape.attention() == AttentionKind.THEX) {
      for (int i = 0; i < architecture.layers(); i++) {
        ModelWeights.power(out, i, SCALE, OFFSET);
      }
      quadratics(out, 0.15, 0.5, 0.2);
      out.put(
          Parameters.PROJECTION, WordProjection.fit(features, out.get(Parameters.WORDS), examples));
      out.put(Parameters.WORDS, Torch.rows(features, vocabulary.used()));
    } else {
      quadratics(out, 0.125, 0.25, 0.5);
    }
    for (int i = 0; i < architecture.layers(); i++) {
      attention(out, i, architecture.heads());
    }
    Tensor positions = out.get(Parameters.POSITIONS).narrow(0, 0, architecture.positions());
    out.put(Parameters.POSITIONS, positions.contiguous().clone());
    return out;
  }

  /**
   * Whether an AA can begin as that model.
   *
   * @throws TrainingException of kind OPTIONS if not
   */
  public static void check(ImportedModel model, Architecture a) {
    ModelShape shape = model.encoder().shape();
    int positions = model.embeddings().positions();
    boolean theX = shape.attention() == AttentionKind.THEX && shape.activation() == Activation.RELU;
    boolean polynomial =
        shape.attention() == AttentionKind.POWER && shape.activation() == Activation.QUADRATIC;
    boolean sizes =
        shape.layers() == a.layers()
            && shape.width() == a.width()
            && shape.heads() == a.heads()
            && shape.ffnWidth() == a.ffnWidth()
            && shape.vocabulary() == a.vocabulary()
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
              + a.vocabulary()
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

  /**
   * a·h² + b·h + c for every neuron. c goes through the second matrix into its bias, since a
   * polynomial encoder trains one c for all neurons, from 0 on.
   */
  private static void quadratics(Parameters out, double square, double linear, double constant) {
    int neurons = out.architecture().ffnWidth();
    for (int i = 0; i < out.architecture().layers(); i++) {
      String own = SealedParameters.prefix(i) + "activation.";
      out.put(own + "square", every(neurons, square));
      out.put(own + "linear", every(neurons, linear));
      out.put(own + "constant", every(1, 0));
      String second = Parameters.layer(i) + "output.dense";
      Tensor added = torch.matmul(out.get(second + ".weight"), every(neurons, constant));
      out.put(second + ".bias", out.get(second + ".bias").add(added));
    }
  }

  private static Tensor every(int count, double value) {
    return torch.full(new long[] {count}, new Scalar(value));
  }
}
