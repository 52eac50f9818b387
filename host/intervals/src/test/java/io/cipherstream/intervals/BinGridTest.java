package io.cipherstream.intervals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BinGridTest {

  private static BinGrid grid(int length, int binSize) {
    return new BinGrid(new Genome(List.of(new Genome.Chromosome("chr1", length))), binSize);
  }

  @Test
  void chunksAreAPowerOfTwo() {
    assertThat(grid(4_096_000, 1000).chunks()).isEqualTo(1);
    assertThat(grid(4_096_001, 1000).chunks()).isEqualTo(2);
    assertThat(grid(3 * 4_096_000, 1000).chunks()).isEqualTo(4);
    assertThat(grid(248_956_422, 1000).bins()).isEqualTo(248_957);
    assertThat(grid(248_956_422, 1000).chunks()).isEqualTo(64);
  }

  @Test
  void tooManyBinsAreRefusedWithASizeThatFits() {
    assertThatThrownBy(() -> grid(2_000_000_000, 1000))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("2000000 bins of 1000 bp, expected at most 524288")
        .hasMessageContaining("--bins 3815");
    assertThat(grid(2_000_000_000, 3815).bins()).isLessThan(BinGrid.BINS_MAX);
  }

  @Test
  void binsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> grid(1000, 0)).hasMessageContaining("bins of 0 bp: expected 1 bp");
    int most = AnswerError.binSizeMax(1);
    assertThat(grid(1000, most).bins()).isEqualTo(1);
    assertThatThrownBy(() -> grid(1000, most + 1))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("expected at most " + most + " bp, up to which answers");
  }

  @Test
  void aRegionOfWholeBinsIsTheirRange() {
    BinGrid grid = grid(2_500, 1000);
    assertThat(grid.bins(Region.parse("chr1:1,000-2,000"))).isEqualTo(new BinGrid.Bins(1, 2));
    assertThat(grid.bins(Region.parse("chr1:2000-2500"))).isEqualTo(new BinGrid.Bins(2, 3));
    assertThat(grid.bins(Region.parse("chr1"))).isEqualTo(grid.all());
  }

  @Test
  void aRegionWithinABinIsRefusedWithOneThatFits() {
    assertThatThrownBy(() -> grid(2_500, 1000).bins(Region.parse("chr1:500-2300")))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("ask for chr1:0-2500");
  }

  @Test
  void aRegionBeyondTheChromosomeIsRefused() {
    assertThatThrownBy(() -> grid(2_500, 1000).bins(Region.parse("chr1:0-3000")))
        .hasMessageContaining("start < end <= 2500");
    assertThatThrownBy(() -> grid(2_500, 1000).bins(Region.parse("chr1:1000-1000")))
        .hasMessageContaining("start < end");
    assertThatThrownBy(() -> grid(2_500, 1000).bins(Region.parse("chr2")))
        .hasMessageContaining("no chromosome 'chr2'");
  }

  @Test
  void whatIsNoRegionIsRefused() {
    for (String text : List.of("", "chr1:", "chr1:5", "chr1:-5-7", "chr1:a-b", ":1-2")) {
      assertThatThrownBy(() -> Region.parse(text))
          .as(text)
          .isInstanceOf(IntervalException.class)
          .hasMessageContaining("CHROMOSOME:START-END");
    }
  }

  @Test
  void aGenomeFileIsNamesAndLengths() {
    Genome genome = Genome.parse(List.of("# sizes", "chr2\t200\t7", "", "chr10\t10\r"));
    assertThat(genome.chromosomes())
        .containsExactly(new Genome.Chromosome("chr2", 200), new Genome.Chromosome("chr10", 10));
    assertThatThrownBy(() -> Genome.parse(List.of("chr1\t1", "chr1\t2")))
        .hasMessageContaining("'chr1' stands twice");
    assertThatThrownBy(() -> Genome.parse(List.of("chr1 5"))).hasMessageContaining("line 1");
    assertThatThrownBy(() -> Genome.parse(List.of("chr1\t5000000000")))
        .hasMessageContaining("at most 2147483647");
    assertThatThrownBy(() -> Genome.parse(List.of())).hasMessageContaining("--genome");
  }
}
