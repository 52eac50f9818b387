package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.Pooling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The appliance's half of a polynomial encoder. Immutable.
 *
 * @param shape as many layers as the spec, pooling CLS, affine norms, head CLASSES or VALUE; where
 *     words have labels no pooling and head CLASSES
 * @param spec what the layers are
 * @param layers those of the spec
 * @param classifier outputs × width
 */
public record SealedEncoder(
    ModelShape shape, SealedSpec spec, List<SealedLayer> layers, DenseLayer classifier) {

  /** Most layers of a spec. */
  public static final int LAYERS = 2;

  /**
   * @throws ModelException of kind SHAPE if a part does not fit shape and spec, UNSUPPORTED for a
   *     shape that no polynomial encoder has
   */
  public SealedEncoder {
    layers = List.copyOf(layers);
    Pooling pooling = spec.words() ? Pooling.NONE : Pooling.CLS;
    if (shape.layers() != spec.layers()
        || shape.pooling() != pooling
        || shape.norm() != NormKind.AFFINE
        || shape.pooler().exists()
        || (shape.head() != Head.CLASSES && shape.head() != Head.VALUE)) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "a sealed model of spec "
              + spec
              + (" and shape " + shape + ": expected " + spec.layers() + " layers, pooling ")
              + (pooling.text() + ", affine norms, no pooler, and classes")
              + (spec.words() ? "" : " or a value"));
    }
    if (layers.size() != spec.layers()) {
      throw new ModelException(
          ModelException.Kind.SHAPE, layers.size() + " layers of a spec of " + spec.layers());
    }
    for (int i = 0; i < layers.size(); i++) {
      String at = "layer " + i + ": ";
      check(shape, spec.letter(i), at, layers.get(i));
      check(at, spec, i, layers.get(i).feedForward(), shape);
    }
    dense("classifier", classifier, shape.outputs(), shape.width());
  }

  private static void check(ModelShape shape, LayerLetter letter, String at, SealedLayer layer) {
    int width = shape.width();
    norm(at + "norm of the mixing", layer.norm(), width);
    Mixing mixing = layer.mixing();
    if (letter == LayerLetter.C && mixing instanceof WindowMixing window) {
      window.offsets().forEach(u -> dense(at + "window", u, width, width));
      dense(at + "mean of the window", window.mean(), width, width);
    } else if (letter.attends() && mixing instanceof SelfAttention attention) {
      dense(at + "query", attention.query(), width, width);
      dense(at + "key", attention.key(), width, width);
      dense(at + "value", attention.value(), width, width);
      dense(at + "attention output", attention.output(), width, width);
      require(at + "scales of " + attention.scale().length, attention.scale().length, shape);
    } else if (letter.pools() && mixing instanceof PooledAttention pooled) {
      dense(at + "score", pooled.score(), shape.heads(), width);
      dense(at + "value", pooled.value(), width, width);
      dense(at + "attention output", pooled.output(), width, width);
    } else {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          at + mixing.getClass().getSimpleName() + " where the spec says " + letter);
    }
  }

  private static void check(
      String at, SealedSpec spec, int layer, @Nullable FeedForward network, ModelShape shape) {
    LayerLetter letter = spec.letter(layer);
    if ((network == null) != (letter == LayerLetter.Q)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          at + (network == null ? "no" : "a") + " feed-forward network in a layer " + letter);
    }
    if (network != null) {
      int degree = network.functions() instanceof EdgeFeatures edges ? edges.degree() : 0;
      int expected = spec.hasEdges() ? spec.degree(layer) : 0;
      if (degree != expected) {
        throw new ModelException(
            ModelException.Kind.SHAPE,
            at + "edges of degree " + degree + " in spec " + spec + ": expected " + expected);
      }
      dense(at + "intermediate", network.intermediate(), shape.ffnWidth(), shape.width());
      int functions = network.functions().count(shape.ffnWidth());
      dense(at + "output", network.output(), shape.width(), functions);
      norm(at + "norm of the output", network.norm(), shape.width());
    }
  }

  private static void dense(String what, DenseLayer layer, int outputs, int inputs) {
    if (layer.outputs() != outputs || layer.inputs() != inputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          what
              + (" is " + layer.outputs() + " × " + layer.inputs())
              + (": expected " + outputs + " × " + inputs));
    }
  }

  private static void norm(String what, NormLayer layer, int width) {
    if (layer.width() != width) {
      throw new ModelException(
          ModelException.Kind.SHAPE, what + " has " + layer.width() + " features, not " + width);
    }
  }

  private static void require(String what, int heads, ModelShape shape) {
    if (heads != shape.heads()) {
      throw new ModelException(
          ModelException.Kind.SHAPE, what + ": expected one a head, " + shape.heads());
    }
  }
}
