package io.cipherstream.workflow.train;

import io.cipherstream.model.sealed.EdgeFeatures;
import io.cipherstream.model.sealed.LayerLetter;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedSpec;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The forward pass of a polynomial encoder: the same computation as {@code
 * io.cipherstream.model.sealed.SealedPass}, on batches and differentiable. Everything is float32,
 * or float64 with such parameters.
 */
final class SealedForward {

  private final Parameters parameters;
  private final SealedSpec spec;
  private final Architecture architecture;

  SealedForward(Parameters parameters, SealedSpec spec) {
    this.parameters = parameters;
    this.spec = spec;
    this.architecture = parameters.architecture();
  }

  /** Logits [batch, outputs] of a batch, or [batch, tokens, outputs] where words have labels. */
  Tensor run(Batch batch, SealedTrace trace) {
    return run(words(batch.ids()), batch.segments(), batch.mask(), trace);
  }

  /** The word vectors of pieces, [batch, tokens, width]. */
  Tensor words(Tensor ids) {
    Tensor rows = torch.embedding(parameters.get(Parameters.WORDS), ids);
    return parameters.has(Parameters.PROJECTION)
        ? torch.linear(rows, parameters.get(Parameters.PROJECTION))
        : rows;
  }

  /**
   * Logits from word vectors.
   *
   * @param segments [batch, tokens]
   * @param mask [batch, tokens], 1 for word pieces
   */
  Tensor run(Tensor words, Tensor segments, Tensor mask, SealedTrace trace) {
    long tokens = words.size(1);
    Tensor real = mask.to(words.scalar_type());
    Tensor sum =
        words
            .add(parameters.get(Parameters.POSITIONS).narrow(0, 0, tokens).unsqueeze(0))
            .add(torch.embedding(parameters.get(Parameters.SEGMENTS), segments));
    Tensor x = fullNorm(sum).mul(real.unsqueeze(2));
    Tensor linear = x;
    Mixer mixer = new Mixer(real, trace);
    for (int i = 0; i < spec.layers(); i++) {
      boolean last = i == SealedEncoder.LAYERS - 1;
      LayerLetter letter = spec.letter(i);
      Tensor z = mixer.of(i, letter, x, letter == LayerLetter.A ? x : linear, last);
      Tensor rows = last ? real.narrow(1, 0, 1) : real;
      Tensor y =
          affine(
              (last ? x.narrow(1, 0, 1) : x).add(z),
              Parameters.layer(i) + "attention.output.LayerNorm");
      see(trace, i, Quantity.MIXED, z, rows);
      see(trace, i, Quantity.RESIDUAL, y, rows);
      linear = letter == LayerLetter.C ? y : linear;
      x = letter == LayerLetter.Q ? y : network(i, y, rows, trace);
      see(trace, i, Quantity.OUTPUT, x, rows);
    }
    if (spec.words()) {
      Tensor each = dense(x, Parameters.CLASSIFIER);
      see(trace, SealedEncoder.LAYERS, Quantity.LOGIT, each, real);
      return each;
    }
    Tensor logits = dense(x.select(1, 0), Parameters.CLASSIFIER);
    trace.see(SealedEncoder.LAYERS, Quantity.LOGIT, logits);
    return logits;
  }

  private static void see(SealedTrace trace, int layer, Quantity q, Tensor values, Tensor rows) {
    trace.see(layer, q, values.mul(rows.unsqueeze(2)));
  }

  private Tensor network(int i, Tensor y, Tensor rows, SealedTrace trace) {
    Tensor h = dense(y, Parameters.layer(i) + "intermediate.dense");
    Tensor g = spec.hasEdges() ? features(h, spec.degree(i)) : quadratics(i, h);
    Tensor f = dense(g, Parameters.layer(i) + "output.dense");
    see(trace, i, Quantity.PRE_ACTIVATION, h, rows);
    see(trace, i, Quantity.ACTIVATION, g, rows);
    see(trace, i, Quantity.FEED_FORWARD, f, rows);
    return affine(y.add(f), Parameters.layer(i) + "output.LayerNorm");
  }

  private Tensor quadratics(int i, Tensor h) {
    String own = SealedParameters.prefix(i) + "activation.";
    return h.mul(parameters.get(own + "square"))
        .add(parameters.get(own + "linear"))
        .mul(h)
        .add(parameters.get(own + "constant"));
  }

  /** T₁ … T_d of h over the interval of edges, degree by degree. */
  private static Tensor features(Tensor h, int degree) {
    Tensor u = Torch.scaled(h, 1 / EdgeFeatures.LIMIT);
    Tensor twice = Torch.scaled(u, 2);
    Tensor before = torch.ones_like(u);
    Tensor here = u;
    TensorVector all = new TensorVector(u);
    for (int n = 2; n <= degree; n++) {
      Tensor next = twice.mul(here).sub(before);
      all.push_back(next);
      before = here;
      here = next;
    }
    return torch.cat(all, -1);
  }

  private Tensor fullNorm(Tensor x) {
    String at = Parameters.EMBEDDING_NORM;
    return torch.layer_norm(
        x,
        new long[] {architecture.width()},
        new TensorOptional(parameters.get(at + ".weight")),
        new TensorOptional(parameters.get(at + ".bias")),
        architecture.epsilon(),
        true);
  }

  private Tensor affine(Tensor x, String at) {
    return x.mul(parameters.get(at + ".weight")).add(parameters.get(at + ".bias"));
  }

  private Tensor dense(Tensor x, String at) {
    return Torch.linear(x, parameters.get(at + ".weight"), parameters.get(at + ".bias"));
  }

  /** The z of a layer, with the padding of the batch masked. */
  private final class Mixer {

    private final Tensor real;
    private final Tensor share;
    private final SealedTrace trace;

    /**
     * @param real [batch, tokens], 1 for word pieces
     */
    Mixer(Tensor real, SealedTrace trace) {
      this.real = real;
      this.share = real.div(real.sum(1L).unsqueeze(1));
      this.trace = trace;
    }

    Tensor of(int i, LayerLetter letter, Tensor x, Tensor source, boolean last) {
      if (letter == LayerLetter.C) {
        return SealedWindow.of(
            x,
            share,
            parameters.get(SealedParameters.prefix(i) + "window.weight"),
            parameters.get(SealedParameters.prefix(i) + "window.bias"));
      }
      Tensor e = letter.pools() ? pooled(i, source) : scores(i, source, last);
      Tensor keys = real.unsqueeze(1).unsqueeze(1);
      Tensor queries = letter.pools() || last ? keys : keys.mul(real.unsqueeze(1).unsqueeze(3));
      Tensor p = e.square();
      trace.see(i, Quantity.SCORE, e.mul(queries));
      trace.see(i, Quantity.WEIGHT, p.mul(queries));
      Tensor v = dense(x, Parameters.layer(i) + "attention.self.value");
      see(trace, i, Quantity.VALUE, v, real);
      Tensor z = torch.matmul(p.mul(share.unsqueeze(1).unsqueeze(1)), heads(v));
      Tensor joined = z.transpose(1, 2).reshape(x.size(0), z.size(2), architecture.width());
      return dense(joined, Parameters.layer(i) + "attention.output.dense");
    }

    /** [batch, heads, 1, tokens]. */
    private Tensor pooled(int i, Tensor source) {
      return dense(source, SealedParameters.prefix(i) + "score").transpose(1, 2).unsqueeze(2);
    }

    /** [batch, heads, queries, tokens]. */
    private Tensor scores(int i, Tensor source, boolean last) {
      String at = Parameters.layer(i) + "attention.self.";
      Tensor q = dense(last ? source.narrow(1, 0, 1) : source, at + "query");
      Tensor k = dense(source, at + "key");
      see(trace, i, Quantity.QUERY, q, last ? real.narrow(1, 0, 1) : real);
      see(trace, i, Quantity.KEY, k, real);
      Tensor s = torch.matmul(heads(q), heads(k).transpose(2, 3));
      return Torch.scaled(s, 1 / Math.sqrt(architecture.headWidth()))
          .mul(column(i, "attention.scale"))
          .add(column(i, "attention.offset"));
    }

    /** One number per head, [heads, 1, 1]. */
    private Tensor column(int i, String name) {
      return parameters.get(SealedParameters.prefix(i) + name).unsqueeze(1).unsqueeze(2);
    }

    private Tensor heads(Tensor x) {
      return x.view(x.size(0), x.size(1), architecture.heads(), architecture.headWidth())
          .transpose(1, 2);
    }
  }
}
