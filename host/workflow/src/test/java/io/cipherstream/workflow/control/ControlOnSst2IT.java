package io.cipherstream.workflow.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import io.cipherstream.workflow.SharedFiles;
import io.cipherstream.workflow.data.EncodedText;
import io.cipherstream.workflow.data.GlueTask;
import io.cipherstream.workflow.data.PieceEncoder;
import io.cipherstream.workflow.data.RowReader;
import io.cipherstream.workflow.data.TextExample;
import io.cipherstream.workflow.metric.Baseline;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.metric.Scores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The control and the majority on SST-2, where shared/models has it. */
@Tag("training")
class ControlOnSst2IT {

  private static final int TOKENS_MAX = 64;

  @Test
  void reachesWhatTheDocumentsSay() throws IOException {
    Path trainingFile = SharedFiles.model("sst2-train.tsv");
    RowReader reader = new RowReader(GlueTask.SST2.task(), GlueTask.SST2.columns());
    List<TextExample> training = reader.read(trainingFile);
    List<TextExample> dev = reader.read(SharedFiles.model("sst2-dev.tsv"));
    assertThat(training).hasSize(67_349);
    assertThat(dev).hasSize(872);
    WordPieces pieces = WordPieces.parse(Files.readAllBytes(SharedFiles.model("vocab.txt")));
    PieceEncoder encoder =
        new PieceEncoder(
            new BertTokenizer(pieces, TokenizerOptions.UNCASED, TOKENS_MAX), TOKENS_MAX);
    double[] targets = training.stream().mapToDouble(TextExample::target).toArray();
    ControlModel model =
        ControlModel.train(
            encode(encoder, training), targets, GlueTask.SST2.task().target(), (int) pieces.size());
    int[] truth = dev.stream().mapToInt(TextExample::label).toArray();
    Score control = Scores.classes(2, truth, model.classes(encode(encoder, dev)), 1).get(0);
    int most = Baseline.majority(2, training.stream().mapToInt(TextExample::label).toArray());
    Score majority = Scores.classes(2, truth, Baseline.always(most, truth.length), 1).get(0);
    System.out.printf(
        "SST-2 dev: control %.4f ± %.4f, majority %.4f%n",
        control.value(), control.standardError(), majority.value());
    assertThat(control.value()).isBetween(0.807, 0.817);
    assertThat(majority.value()).as("444 of 872 are positive").isEqualTo(444 / 872.0);
  }

  private static List<EncodedText> encode(PieceEncoder encoder, List<TextExample> examples) {
    return examples.parallelStream().map(encoder::encode).toList();
  }
}
