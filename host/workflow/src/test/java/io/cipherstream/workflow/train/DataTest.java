package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataTest {

  private static List<Example> texts(int count) {
    Random random = new Random(count);
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] inner = random.ints(1 + random.nextInt(30), 10, 90).toArray();
      int[] ids = new int[inner.length + 2];
      ids[0] = 1;
      System.arraycopy(inner, 0, ids, 1, inner.length);
      ids[ids.length - 1] = 2;
      out.add(Example.of(ids, 0));
    }
    return out;
  }

  @Test
  void anEpochHasEveryExampleOnceAndBatchesOfLikeLength() {
    List<Example> examples = texts(1003);
    List<int[]> epoch = Batches.epoch(examples, 16, 5, 2);
    int[] all = epoch.stream().flatMapToInt(IntStream::of).sorted().toArray();
    assertThat(all).isEqualTo(IntStream.range(0, 1003).toArray());
    long padded =
        epoch.stream()
            .mapToLong(
                b ->
                    b.length
                        * (long)
                            IntStream.of(b).map(i -> examples.get(i).length()).max().orElseThrow())
            .sum();
    long real = examples.stream().mapToLong(Example::length).sum();
    assertThat((double) padded / real).isLessThan(1.1);
    assertThat(epoch).usingRecursiveComparison().isEqualTo(Batches.epoch(examples, 16, 5, 2));
    assertThat(epoch.get(0)).isNotEqualTo(Batches.epoch(examples, 16, 5, 3).get(0));
  }

  @Test
  void theVocabularyMapHoldsWhatExamplesUse() {
    List<Example> examples = List.of(Example.of(new int[] {7, 3, 7}, 0));
    VocabularyMap map = VocabularyMap.of(List.of(examples), 10);
    assertThat(map.used()).containsExactly(3, 7);
    assertThat(map.row(7)).isEqualTo(1);
    assertThatThrownBy(() -> map.row(4))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("word piece 4");
    assertThatThrownBy(() -> VocabularyMap.of(List.of(examples), 5))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("0 to 4");
  }

  @Test
  void madeUpTextsAreWellFormedSeededAndUseKnownPieces() {
    List<Example> texts = texts(50);
    Augmenter augmenter = new Augmenter(texts, 99, 24);
    List<Example> drawn = augmenter.draw(500, 11);
    assertThat(drawn).isEqualTo(augmenter.draw(500, 11)).isNotEqualTo(augmenter.draw(500, 12));
    for (Example example : drawn) {
      assertThat(example.length()).isBetween(3, 24);
      assertThat(example.ids()[0]).isEqualTo(1);
      assertThat(example.ids()[example.length() - 1]).isEqualTo(2);
      assertThat(IntStream.of(example.ids()).skip(1).limit(example.length() - 2))
          .allMatch(id -> id == 99 || (id >= 10 && id < 90));
    }
    assertThat(drawn.stream().filter(e -> IntStream.of(e.ids()).anyMatch(id -> id == 99)).count())
        .isBetween(150L, 450L);
  }

  @Test
  void examplesOfOtherLengthsAreRefused() {
    assertThatThrownBy(() -> new Example(new int[3], new int[2], new double[1]))
        .isInstanceOf(TrainingException.class);
    assertThatThrownBy(() -> new Example(new int[3], new int[3], new double[2]))
        .isInstanceOf(TrainingException.class);
  }
}
