package io.cipherstream.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.EngineInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

class CasesTest {

  private static final List<EngineInfo> ENGINES =
      List.of(
          new EngineInfo("plain-seal", "", false, true, true, null),
          new EngineInfo("seal", "", false, false, true, null),
          new EngineInfo("java", "", false, true, true, null));

  private static final long ENOUGH = 64L << 30;

  @Test
  void noCaseComesTwice() {
    for (boolean quick : new boolean[] {true, false}) {
      assertThat(Cases.of(ENGINES, quick, 2, ENOUGH)).doesNotHaveDuplicates().isNotEmpty();
    }
  }

  @Test
  void theSameOnAllEnginesIsTogether() {
    List<BenchCase> cases = Cases.of(ENGINES, false, 2, ENOUGH);
    List<BenchCase> subjects = cases.stream().map(BenchCase::subject).toList();
    long changes = 1;
    for (int i = 1; i < subjects.size(); i++) {
      changes += subjects.get(i).equals(subjects.get(i - 1)) ? 0 : 1;
    }
    assertThat(changes).isEqualTo(subjects.stream().distinct().count());
  }

  @Test
  void anEngineHasOnlyTheKindsItKnows() {
    assertThat(Cases.of(ENGINES, true, 2, ENOUGH))
        .filteredOn(what -> what.engine().equals("seal"))
        .extracting(BenchCase::kind)
        .containsOnly(BenchCase.Kind.OPERATION);
  }

  @Test
  void theLargestSetIsForFullRunsOnLargeMachines() {
    assertThat(sets(Cases.of(ENGINES, false, 2, ENOUGH))).contains("n32768");
    assertThat(sets(Cases.of(ENGINES, false, 2, 4L << 30)))
        .containsExactly("n8192", "n16384", "n8192-sealed", "n16384-sealed");
    assertThat(sets(Cases.of(ENGINES, true, 2, ENOUGH))).containsExactly("n8192", "n16384");
  }

  @Test
  void oneProcessorIsNotMeasuredTwice() {
    assertThat(Cases.of(ENGINES, false, 1, ENOUGH)).extracting(BenchCase::threads).containsOnly(1);
  }

  @Test
  void wholeProgramsComeWithTheSetAndTheLimbsOfTheirPlans() {
    List<BenchCase> cases = Cases.of(ENGINES, false, 1, ENOUGH);
    assertThat(cases)
        .filteredOn(what -> what.name().startsWith("query") || what.name().equals("network"))
        .extracting(what -> what.name() + " " + what.parameters() + "/" + what.limbs())
        .containsOnly("query-single n8192/3", "query-pair n8192/3", "network n16384-sealed/7");
    assertThat(Cases.of(ENGINES, true, 1, ENOUGH))
        .extracting(BenchCase::name)
        .contains("query-single", "query-pair");
  }

  private static List<String> sets(List<BenchCase> cases) {
    return cases.stream().map(BenchCase::parameters).distinct().toList();
  }
}
