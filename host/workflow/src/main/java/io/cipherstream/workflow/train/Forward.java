package io.cipherstream.workflow.train;

import io.cipherstream.model.Activation;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooling;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The forward pass of an encoder and its variants: the same computation as {@code
 * io.cipherstream.model.PlaintextTransformer}, on batches and differentiable. Attention scores, row
 * sums, norms, polynomials and the head are float32 (or float64) in every {@link Precision}.
 */
final class Forward {

  private final Parameters parameters;
  private final Architecture architecture;
  private final Kinds kinds;
  private final AttentionWeights attention;

  Forward(Parameters parameters, Kinds kinds) {
    this.parameters = parameters;
    this.architecture = parameters.architecture();
    this.kinds = kinds;
    this.attention = new AttentionWeights(parameters, kinds);
  }

  /**
   * Logits [batch, outputs], or [batch, tokens, outputs] without pooling.
   *
   * @param trace what to record on the way
   */
  Tensor run(Batch batch, Trace trace) {
    Tensor x = embed(batch);
    for (int i = 0; i < architecture.layers(); i++) {
      x = layer(i, x, batch, trace);
      trace.hidden(x);
    }
    return head(x, batch.mask());
  }

  private Tensor embed(Batch batch) {
    Tensor positions =
        parameters.get(Parameters.POSITIONS).narrow(0, 0, batch.tokens()).unsqueeze(0);
    Tensor sum =
        words(batch)
            .add(positions)
            .add(torch.embedding(parameters.get(Parameters.SEGMENTS), batch.segments()));
    return fullNorm(sum, Parameters.EMBEDDING_NORM);
  }

  private Tensor words(Batch batch) {
    Tensor rows = torch.embedding(parameters.get(Parameters.WORDS), batch.ids());
    return parameters.has(Parameters.PROJECTION)
        ? torch.linear(rows, parameters.get(Parameters.PROJECTION))
        : rows;
  }

  private Tensor layer(int i, Tensor x, Batch batch, Trace trace) {
    String at = Parameters.layer(i);
    Tensor attended = attend(i, x, batch, trace);
    Tensor sum1 = dense(attended, at + "attention.output.dense").add(x);
    Tensor x1 = norm(sum1, at + "attention.output.LayerNorm", trace);
    Tensor inner = dense(x1, at + "intermediate.dense");
    trace.preActivation(inner, batch.mask());
    Tensor sum2 = dense(activate(inner), at + "output.dense").add(x1);
    return norm(sum2, at + "output.LayerNorm", trace);
  }

  private Tensor attend(int i, Tensor x, Batch batch, Trace trace) {
    String at = Parameters.layer(i) + "attention.self.";
    Tensor query = heads(dense(x, at + "query"));
    Tensor key = heads(dense(x, at + "key"));
    Tensor value = heads(dense(x, at + "value"));
    Tensor scores =
        Torch.scaled(
            wide(torch.matmul(query, key.transpose(2, 3))),
            1 / Math.sqrt(architecture.headWidth()));
    Tensor weights = attention.of(i, scores, batch.mask());
    trace.attention(scores, weights, batch.mask());
    return torch
        .matmul(weights, value)
        .transpose(1, 2)
        .contiguous()
        .view(x.size(0), x.size(1), architecture.width());
  }

  private Tensor heads(Tensor x) {
    return x.view(x.size(0), x.size(1), architecture.heads(), architecture.headWidth())
        .transpose(1, 2);
  }

  private Tensor activate(Tensor x) {
    if (kinds.activation() == Activation.GELU) {
      return torch.gelu(x);
    }
    if (kinds.activation() == Activation.GELU_TANH) {
      return torch.gelu(x, "tanh");
    }
    if (kinds.activation() == Activation.QUADRATIC) {
      return quadratic(wide(x));
    }
    double share = kinds.polynomialShare();
    Tensor relu = torch.relu(x);
    return share == 0
        ? relu
        : Torch.scaled(wide(relu), 1 - share).add(Torch.scaled(quadratic(wide(x)), share));
  }

  /** 0.125 x² + 0.25 x + 0.5. */
  private static Tensor quadratic(Tensor x) {
    return Torch.plus(x.mul(Torch.plus(Torch.scaled(x, 0.125), 0.25)), 0.5);
  }

  private Tensor norm(Tensor x, String at, Trace trace) {
    Tensor out =
        kinds.norm() == NormKind.FULL
            ? fullNorm(x, at)
            : x.mul(parameters.get(at + ".weight")).add(parameters.get(at + ".bias"));
    trace.norm(x, out);
    return out;
  }

  private Tensor fullNorm(Tensor x, String at) {
    return torch.layer_norm(
        x,
        new long[] {architecture.width()},
        new TensorOptional(parameters.get(at + ".weight")),
        new TensorOptional(parameters.get(at + ".bias")),
        architecture.epsilon(),
        true);
  }

  private Tensor dense(Tensor x, String at) {
    return Torch.linear(x, parameters.get(at + ".weight"), parameters.get(at + ".bias"));
  }

  private Tensor head(Tensor x, Tensor mask) {
    return Torch.in(
        Precision.FLOAT32,
        () -> {
          Tensor rows = wide(x);
          Tensor m = mask.to(rows.scalar_type());
          Tensor pooled =
              switch (architecture.pooling()) {
                case CLS -> rows.select(1, 0);
                case MEAN -> rows.mul(m.unsqueeze(2)).sum(1L).div(m.sum(1L).unsqueeze(1));
                case NONE -> rows;
              };
          return dense(pooled, Parameters.CLASSIFIER);
        });
  }

  /** bfloat16 to float32; float32 and float64 as they are. */
  static Tensor wide(Tensor x) {
    return x.scalar_type() == torch.ScalarType.BFloat16 ? x.to(torch.ScalarType.Float) : x;
  }

  /** Whether there is one output row a token. */
  boolean perToken() {
    return architecture.pooling() == Pooling.NONE;
  }
}
