package io.cipherstream.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TaskTest {

  @Test
  void targetsSayHowManyOutputsTheyNeed() {
    assertThat(GlueTask.SST2.task().target().outputs()).isEqualTo(2);
    assertThat(GlueTask.STSB.task().target().outputs()).isEqualTo(1);
    assertThat(Target.WordLabels.of(List.of("O", "B-X", "I-X")).outputs()).isEqualTo(3);
  }

  @Test
  void classWeightsAreKeptAndChecked() {
    Task weighted = GlueTask.SST2.task().withWeights(List.of(1.0, 2.5));
    assertThat(((Target.Classes) weighted.target()).weights()).containsExactly(1.0, 2.5);
    for (List<Double> bad :
        List.of(List.of(1.0), List.of(1.0, 0.0), List.of(1.0, Double.NaN), List.of(-1.0, 1.0))) {
      ExpectData.kind(DataException.Kind.TASK, () -> GlueTask.SST2.task().withWeights(bad))
          .hasMessageContaining("class weights");
    }
    ExpectData.kind(DataException.Kind.TASK, () -> GlueTask.STSB.task().withWeights(List.of(1.0)));
  }

  @Test
  void contradictionsAreRefused() {
    ExpectData.kind(DataException.Kind.TASK, () -> Target.Classes.of("one"));
    ExpectData.kind(DataException.Kind.TASK, () -> Target.Classes.of("a", "a"));
    ExpectData.kind(DataException.Kind.TASK, () -> Target.Classes.of("a", " "));
    ExpectData.kind(DataException.Kind.TASK, () -> new Target.Value(1, 1));
    ExpectData.kind(DataException.Kind.TASK, () -> new Target.Value(0, Double.NaN));
    ExpectData.kind(
        DataException.Kind.TASK,
        () -> new Task("ner", true, Target.WordLabels.of(List.of("O", "B-X"))));
    ExpectData.kind(
        DataException.Kind.TASK, () -> Task.sentences(" ", Target.Classes.of("a", "b")));
  }
}
