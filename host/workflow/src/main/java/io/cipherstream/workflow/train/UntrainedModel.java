package io.cipherstream.workflow.train;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormLayer;
import java.util.Arrays;

/**
 * Both halves of a model of random weights.
 *
 * @param encoder the appliance's half, without a classifier
 * @param embeddings the client's half, with two token types
 */
public record UntrainedModel(EncoderWeights encoder, EmbeddingTable embeddings) {

  private static final int SEGMENTS = 2;

  /**
   * @param shape of an exact embedding model
   */
  public static UntrainedModel of(ModelShape shape, long seed) {
    Architecture architecture =
        new Architecture(
            shape.layers(),
            shape.width(),
            shape.heads(),
            shape.ffnWidth(),
            shape.positions(),
            shape.vocabulary(),
            SEGMENTS,
            shape.pooling(),
            1,
            shape.layerNormEpsilon());
    Parameters parameters = Parameters.random(architecture, seed);
    float[] ones = new float[shape.width()];
    Arrays.fill(ones, 1);
    EmbeddingTable tables =
        new EmbeddingTable(
            table(parameters, Parameters.WORDS),
            table(parameters, Parameters.POSITIONS),
            table(parameters, Parameters.SEGMENTS),
            new NormLayer(ones, new float[shape.width()]),
            shape.layerNormEpsilon());
    return new UntrainedModel(ModelWeights.encoder(parameters, shape), tables);
  }

  private static FloatTable table(Parameters parameters, String name) {
    float[] values = Torch.array(parameters.get(name));
    int rows = (int) parameters.get(name).size(0);
    return FloatTable.rounded(rows, values.length / rows, values);
  }
}
