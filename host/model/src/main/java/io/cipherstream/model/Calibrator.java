package io.cipherstream.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Runs a model on sentences in plain text and notes the largest absolute values. */
public final class Calibrator {

  private static final String RESOURCE = "calibration-sentences.txt";

  /** Tokens that share one pass over the weights: enough to hide what it costs to load them. */
  private static final int BATCH_TOKENS = 128;

  /**
   * Most products of numbers for the sentences that come with this program; a model for which all
   * of them take more, as BERT-base's 12 layers of 768 do, is run on every second, third, … one.
   */
  static final long PRODUCTS_MAX = 250_000_000_000L;

  private Calibrator() {}

  /** The sentences that come with this program, one to about sixty word pieces long. */
  public static List<String> sentences() {
    try (InputStream in = Calibrator.class.getResourceAsStream(RESOURCE)) {
      byte[] bytes = Objects.requireNonNull(in, RESOURCE).readAllBytes();
      return BertTokenizer.decodeUtf8(bytes).lines().filter(l -> !l.isBlank()).toList();
    } catch (IOException e) {
      throw ModelFiles.io("cannot read " + RESOURCE, e);
    }
  }

  /**
   * The ranges on {@link #sentences()}; for a task of pairs on each sentence with the next one,
   * where both fit.
   */
  public static Ranges calibrate(ImportedModel model, ImportProgress progress) {
    ModelTask task = model.task();
    if (task != null && task.input() == ModelTask.Input.PAIR) {
      return calibrate(
          model.encoder(),
          model.embeddings(),
          affordable(model.encoder().shape(), pairs(model)),
          1,
          progress);
    }
    List<TokenSequence> texts = texts(model.tokenizer(), sentences());
    return calibrate(
        model.encoder(),
        model.embeddings(),
        affordable(model.encoder().shape(), texts),
        1,
        progress);
  }

  /** Every n-th text, n as small as {@link #PRODUCTS_MAX} allows. */
  static List<TokenSequence> affordable(ModelShape shape, List<TokenSequence> texts) {
    long token =
        (long) shape.layers() * shape.width() * (4L * shape.width() + 2L * shape.ffnWidth());
    long all = token * texts.stream().mapToLong(t -> t.ids().length).sum();
    int step = (int) Math.max(1, (all + PRODUCTS_MAX - 1) / PRODUCTS_MAX);
    return IntStream.range(0, texts.size())
        .filter(i -> i % step == 0)
        .mapToObj(texts::get)
        .toList();
  }

  /**
   * The ranges on given sentences, each one text. Sentences longer than the model takes are left
   * out. Otherwise as {@link #calibrate(EncoderWeights, EmbeddingTable, List, double,
   * ImportProgress)}.
   *
   * @throws ModelException of kind VALUE if a value is not finite, TEXT_EMPTY if no sentence is
   *     left
   */
  public static Ranges calibrate(
      EncoderWeights encoder,
      EmbeddingTable embeddings,
      BertTokenizer tokenizer,
      List<String> sentences,
      ImportProgress progress) {
    return calibrate(encoder, embeddings, texts(tokenizer, sentences), 1, progress);
  }

  private static List<TokenSequence> texts(BertTokenizer tokenizer, List<String> sentences) {
    BertTokenizer open = tokenizer.withTokensMax(Integer.MAX_VALUE);
    return sentences.stream()
        .map(open::encode)
        .filter(i -> i.length <= tokenizer.tokensMax())
        .map(TokenSequence::of)
        .toList();
  }

  /**
   * The ranges on given tokens; THE-X attention is run with T and with the exact reciprocal, so
   * that the ranges hold for both. Uses all processors.
   *
   * @param margin what every range is multiplied by, 1 or more; recorded in the ranges
   * @throws ModelException of kind VALUE if a value is not finite or the margin outside its limits,
   *     TEXT_EMPTY without tokens, and as {@link EmbeddingTable#embed(int[], int[])}
   */
  public static Ranges calibrate(
      EncoderWeights encoder,
      EmbeddingTable embeddings,
      List<TokenSequence> texts,
      double margin,
      ImportProgress progress) {
    List<PlaintextTransformer> passes = new ArrayList<>();
    passes.add(new PlaintextTransformer(encoder, embeddings));
    if (encoder.shape().attention() == AttentionKind.THEX) {
      passes.add(
          new PlaintextTransformer(encoder, embeddings, PlaintextTransformer.Reciprocal.EXACT));
    }
    if (texts.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.TEXT_EMPTY, "no calibration sentence fits the model");
    }
    RangeObserver ranges = new RangeObserver(encoder.shape());
    AtomicInteger done = new AtomicInteger();
    batches(texts).parallelStream()
        .forEach(
            batch -> {
              List<double[][]> embedded =
                  batch.stream().map(t -> embeddings.embed(t.ids(), t.segments())).toList();
              passes.forEach(pass -> pass.observe(embedded, ranges));
              progress.report("calibrate", done.addAndGet(batch.size()), texts.size());
            });
    return ranges.ranges(texts.size()).times(margin);
  }

  /** Texts of about {@link #BATCH_TOKENS} tokens together, in their order. */
  private static List<List<TokenSequence>> batches(List<TokenSequence> texts) {
    List<List<TokenSequence>> out = new ArrayList<>();
    int tokens = BATCH_TOKENS;
    for (TokenSequence text : texts) {
      if (tokens >= BATCH_TOKENS) {
        out.add(new ArrayList<>());
        tokens = 0;
      }
      out.get(out.size() - 1).add(text);
      tokens += text.ids().length;
    }
    return out;
  }

  private static List<TokenSequence> pairs(ImportedModel model) {
    QuestionEncoder encoder =
        new QuestionEncoder(
            model.tokenizer(),
            model.encoder().shape(),
            model.embeddings().segments(),
            model.task());
    List<String> all = sentences();
    List<TokenSequence> out = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      try {
        String next = all.get((i + 1) % all.size());
        out.add(encoder.encode(new Question.Pair(all.get(i), next)).tokens());
      } catch (ModelException e) {
        if (e.kind() != ModelException.Kind.TEXT_TOO_LONG) {
          throw e;
        }
      }
    }
    return out;
  }

  /** Keeps the largest absolute value of every tensor. */
  private static final class RangeObserver implements ForwardObserver {

    private final double[][] largest;

    RangeObserver(ModelShape shape) {
      largest = new double[shape.layers() + 1][Tensor.values().length];
    }

    @Override
    public void see(int layer, Tensor tensor, double[][] values) {
      double max = 0;
      for (double[] row : values) {
        for (double v : row) {
          if (!Double.isFinite(v)) {
            throw new ModelException(
                ModelException.Kind.VALUE,
                "calibration: " + tensor + " of layer " + layer + " holds " + v);
          }
          max = Math.max(max, Math.abs(v));
        }
      }
      synchronized (this) {
        double[] row = largest[layer];
        row[tensor.ordinal()] = Math.max(row[tensor.ordinal()], max);
      }
    }

    synchronized Ranges ranges(int sentences) {
      List<LayerRanges> layers =
          Arrays.stream(largest, 0, largest.length - 1).map(RangeObserver::layer).toList();
      return new Ranges(layers, largest[largest.length - 1][Tensor.OUTPUT.ordinal()], sentences);
    }

    private static LayerRanges layer(double[] row) {
      return new LayerRanges(
          row[Tensor.INPUT.ordinal()],
          row[Tensor.QUERY.ordinal()],
          row[Tensor.KEY.ordinal()],
          row[Tensor.VALUE.ordinal()],
          row[Tensor.SCORE.ordinal()],
          row[Tensor.ATTENTION.ordinal()],
          row[Tensor.PRE_NORM_1.ordinal()],
          row[Tensor.PRE_ACTIVATION.ordinal()],
          row[Tensor.ACTIVATION.ordinal()],
          row[Tensor.PRE_NORM_2.ordinal()],
          row[Tensor.ROW_SUM.ordinal()]);
    }
  }
}
